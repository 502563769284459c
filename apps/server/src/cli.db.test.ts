import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from './testing/create-test-app.ts'
import { runCli } from './testing/run-cli.ts'

let testApp: TestApp
beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

const grant = (email: string) => runCli(['superadmin', 'grant', email], { DATABASE_URL: testApp.storeUrl })
const readEvents = () =>
  testApp.store
    .selectFrom('activity')
    .select(['actor_kind', 'asset_id', 'details'])
    .where('type', '=', 'user.role-changed')
    .execute()

test('beside a running server on DATABASE_URL a person becomes a superadmin, once, with an event', async () => {
  const granted = await grant('ADMIN@example.org')
  expect(granted).toMatchObject({ code: 0, complained: '' })
  expect(granted.printed).toBe('admin@example.org is now a superadmin of "Test Organization".\n')
  const again = await grant('admin@example.org')
  expect(again).toMatchObject({ code: 0, printed: expect.stringContaining('already') })
  const details = { email: 'admin@example.org', from: 'admin', to: 'superadmin' }
  expect(await readEvents()).toEqual([{ actor_kind: 'system', asset_id: testApp.users.admin.id, details }])
  testApp.clock.advance(2_000)
  const session = await testApp.request({ url: '/auth/session', as: 'admin' })
  expect(session.json().user.role).toBe('superadmin')
})

test('an e-mail that nobody has, or that several organizations know, is told in a sentence and changes nothing', async () => {
  const before = await readEvents()
  const unknown = await grant('nobody@example.org')
  expect(unknown).toEqual({
    code: 1,
    printed: '',
    complained: 'Nobody with the e-mail nobody@example.org is here; nothing was changed.\n',
  })
  const created_at = testApp.clock.now()
  await testApp.store
    .insertInto('organizations')
    .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at })
    .execute()
  await testApp.store
    .insertInto('users')
    .values({
      id: 'namesake',
      organization_id: 'ac_elsewher',
      email: 'viewer@example.org',
      name: 'A namesake',
      role: 'viewer',
      created_at,
    })
    .execute()
  const twice = await grant('viewer@example.org')
  expect(twice).toMatchObject({ code: 1, complained: expect.stringContaining('several organizations') })
  expect(await readEvents()).toEqual(before)
})

test('a store that is not there is told in a sentence, not in a stack', async () => {
  const environment = { DATABASE_URL: 'postgresql://me@127.0.0.1:1/none' }
  const refused = await runCli(['superadmin', 'grant', 'admin@example.org'], environment)
  expect(refused).toMatchObject({ code: 1, printed: '' })
  expect(refused.complained).toBe(
    'The metadata store cannot be reached right now; nothing was changed; try again in a moment.\n',
  )
})

const STORE_KEY = '00112233445566778899aabbccddeeff'.repeat(2)
const runCa = (key: string, ...words: string[]) =>
  runCli(['ca', ...words], { DATABASE_URL: testApp.storeUrl, GRATICULE_SECRET_KEY: key })

/** As a server does that starts with the key. */
async function claimStore(): Promise<string> {
  const row = { id: 1, key_id: testApp.secretBox.keyId }
  await testApp.store
    .insertInto('store_key')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return row.key_id
}

test('the authority of an organization is made once, printed, and replaced by another, with the lines for a database', async () => {
  const ca = (...words: string[]) => runCa(STORE_KEY, ...words)
  await claimStore()
  const { organizationId } = testApp
  expect(await ca('show', organizationId)).toMatchObject({ code: 1, complained: expect.stringContaining('ca init') })
  const made = await ca('init', organizationId)
  expect(made, made.complained).toMatchObject({ code: 0, complained: '' })
  expect(made.printed).toMatch(/^SHA-256 fingerprint (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\n-----BEGIN CERTIFICATE-----/)
  expect((await ca('init', organizationId)).printed).toBe(made.printed)
  const shown = (await ca('show', organizationId)).printed
  expect(made.printed.endsWith(shown)).toBe(true)
  const now = testApp.clock.now()
  const connection = { id: 'w', organization_id: organizationId, name: 'warehouse', provider_id: 'postgres' }
  await testApp.store
    .insertInto('connections')
    .values({
      ...connection,
      owner_id: testApp.users.editor.id,
      config: '{"database":"gis"}',
      secrets: null,
      ...{ created_at: now, updated_at: now },
    })
    .execute()
  const { printed } = await ca('lines', organizationId, 'warehouse')
  expect(printed).toContain('hostssl  "gis"  +graticule_viewers  all  cert  map=graticule')
  expect(printed).toContain(`graticule  "${testApp.users.viewer.id}"  "viewer"`)
  const twin = { id: 'twin', organization_id: organizationId, email: 'Viewer@mail.test', name: 'A twin' }
  await testApp.store
    .insertInto('users')
    .values({ ...twin, role: 'viewer', created_at: now })
    .execute()
  const { printed: withTwin } = await ca('lines', organizationId, 'warehouse')
  expect(withTwin).not.toContain(testApp.users.viewer.id)
  expect(withTwin).not.toContain('"twin"')
  expect(withTwin).toContain('# Viewer@mail.test: several people would be the role "viewer"')
  expect(withTwin).toContain('# viewer@example.org: several people would be the role "viewer"')
  await testApp.store.deleteFrom('users').where('id', '=', twin.id).execute()
  const unknown = await ca('lines', organizationId, 'nowhere')
  expect(unknown).toMatchObject({ code: 1, complained: expect.stringContaining('no connection called "nowhere"') })
  const replaced = await ca('replace', organizationId)
  expect(replaced.printed).not.toBe(made.printed)
  expect((await ca('show', organizationId)).printed).not.toBe(shown)
  const events = testApp.store.selectFrom('activity').select('type').where('type', 'like', 'certificate-authority.%')
  expect((await events.orderBy('position').execute()).map(({ type }) => type)).toEqual([
    'certificate-authority.created',
    'certificate-authority.replaced',
  ])
})

test('an authority is sealed with the key of the store: another is refused in a sentence, and nothing is changed', async () => {
  const keyId = await claimStore()
  const read = () => testApp.store.selectFrom('certificate_authorities').selectAll().execute()
  const before = await read()
  for (const word of ['init', 'replace']) {
    const refused = await runCa('ff'.repeat(32), word, testApp.organizationId)
    expect(refused).toMatchObject({ code: 1, printed: '' })
    expect(refused.complained).toMatch(
      new RegExp(
        `^This store is sealed with the key ${keyId}, but here there is only \\w{12}; nothing was changed.\\n$`,
      ),
    )
  }
  expect(await read()).toEqual(before)
})

test('a checkpoint is signed with the key of the store, and with no other', async () => {
  const keyId = await claimStore()
  const env = { DATABASE_URL: testApp.storeUrl, GRATICULE_SECRET_KEY: 'ff'.repeat(32) }
  const refused = await runCli(['audit', 'checkpoint'], env)
  expect(refused).toMatchObject({ code: 1, printed: '' })
  expect(refused.complained).toContain(`This store is sealed with the key ${keyId}`)
})

describe('settings as code', () => {
  const settings = (...words: string[]) => runCli(['settings', ...words], { DATABASE_URL: testApp.storeUrl })
  const organization = () => ['--organization', testApp.organizationId]
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graticule-settings-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const write = async (name: string, text: string) => {
    const file = join(folder, name)
    await writeFile(file, text)
    return file
  }

  test('what is got differs from nothing; a change is told, planned, applied in the log, and then no difference', async () => {
    const got = await settings('get', ...organization())
    expect(got).toMatchObject({ code: 0, complained: '' })
    const same = await write('same.yaml', got.printed)
    const file = await write('changed.yaml', got.printed.replace('defaultRole: viewer', 'defaultRole: editor'))
    const [unchanged, differs, planned] = await Promise.all([
      settings('diff', same, ...organization()),
      settings('diff', file, ...organization()),
      settings('plan', file, ...organization()),
    ])
    expect(unchanged).toEqual({ code: 0, printed: '', complained: '' })
    expect(differs).toEqual({ code: 1, printed: 'general.defaultRole\n- "viewer"\n+ "editor"\n', complained: '' })
    expect(planned).toMatchObject({
      code: 0,
      printed: expect.stringContaining('~ People who come without an invitation get the role editor.'),
    })
    const applied = await settings('apply', file, ...organization())
    expect(applied).toEqual({ code: 0, printed: 'Changed 1 value.\n', complained: '' })
    expect(await settings('diff', file, ...organization())).toEqual({ code: 0, printed: '', complained: '' })
    const events = await testApp.store
      .selectFrom('activity')
      .select(['actor_kind', 'request_id', 'organization_id'])
      .where('type', '=', 'organization.updated')
      .execute()
    const by = { actor_kind: 'system', request_id: 'command-line', organization_id: testApp.organizationId }
    expect(events).toEqual([by])
  }, 120_000)

  test('a failed expectation, a problem and a mistake each have an exit code that a program can tell', async () => {
    const expectations = `version: 1
expectedAccess:
  - {role: viewer, action: map.create, allowed: false}
  - {role: guest, action: map.create, allowed: true}
`
    const nobody = 'version: 1\nroleMapping: {enabled: false, defaultRole: viewer, custodian: x@y.z, groups: []}\n'
    const [tested, planned, mistaken, unnamed, unused] = await Promise.all([
      settings('test', await write('expectations.yaml', expectations), ...organization()),
      settings('plan', await write('nobody.yaml', nobody), ...organization()),
      settings('apply', await write('mistaken.yaml', 'version: 1\ncolour: red\nhue: 2\n'), ...organization()),
      settings('get'),
      settings('diff'),
    ])
    expect(tested.code).toBe(1)
    expect(tested.printed).toContain('ok viewer may not map.create\nnot ok guest may map.create\n')
    expect(tested.printed).toContain('1 passed, 1 failed')
    expect(planned).toMatchObject({ code: 1, printed: expect.stringContaining('! Nobody here has the e-mail x@y.z') })
    expect(mistaken).toEqual({
      code: 2,
      printed: '',
      complained: '"colour" is not a setting; remove it.\n"hue" is not a setting; remove it.\n',
    })
    expect(unnamed).toMatchObject({ code: 2, complained: expect.stringContaining('--organization') })
    expect(unused).toMatchObject({ code: 2, complained: expect.stringContaining('Usage:') })
  }, 120_000)
})

test('an organization is offered, listed and suspended from the command line', async () => {
  const environment = { DATABASE_URL: testApp.storeUrl, PUBLIC_URL: 'https://maps.example.org' }
  const run = (...words: string[]) => runCli(['organization', ...words], environment)
  const offered = await run('create', 'Meridian', '--admin-email', 'bob@example.org')
  expect(offered).toMatchObject({ code: 0, complained: '' })
  const token = /^https:\/\/maps.example.org\/setup\?token=(gto_[\w-]{43})$/m.exec(offered.printed)?.[1]
  const offer = await testApp.request({ url: `/auth/setup?token=${token}` })
  expect(offer.json()).toEqual({ valid: true, organizationName: 'Meridian', email: 'bob@example.org' })
  for (const words of [['create'], ['create', 'A', '--admin-email', 'nobody'], ['create', 'A', 'B'], ['suspend']]) {
    expect(await run(...words)).toMatchObject({
      code: 1,
      complained: expect.stringContaining('organization create <name>'),
    })
  }
  expect((await run('suspend', testApp.organizationId)).printed).toBe(
    'Nobody can enter "Test Organization" until it is restored.\n',
  )
  expect((await run('list')).printed).toContain(`${testApp.organizationId}  Test Organization  5 people  suspended\n`)
})
