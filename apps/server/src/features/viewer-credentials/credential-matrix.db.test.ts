import {
  type AudienceBody,
  CONNECTION_LOGINS,
  type ConnectionLogin,
  type ConnectionSummary,
  CREDENTIAL_POLICIES,
  type CredentialPolicy,
  ROLES,
} from '@graticule/contract'
import { CREDENTIAL_MATRIX, SHARING_MODES, type SharingMode } from '@graticule/policy'
import { createDatabase, startPostgres } from '@graticule/testkit'
import { PROVIDERS, type Provider, postgresProvider } from '@graticule/warehouses'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

const PERSONAL = ['oauth', 'forwarded-token', 'minted-certificate'] as const
const STORED = ['password', 'certificate', 'none'] as const

/** PostgreSQL whose configurations count as a login of this kind, as a provider for it would register. */
const registeredAs = (login: ConnectionLogin): Provider => ({
  ...(postgresProvider as unknown as Provider),
  id: `postgres-by-${login}`,
  label: `PostgreSQL by ${login}`,
  signInMethods: [{ id: login, label: login, login, fields: [], isUsedBy: () => true }],
})

let testApp: TestApp
let configs: Readonly<Record<(typeof STORED)[number], Readonly<Record<string, unknown>>>>
let groupId: string

beforeAll(async () => {
  const server = await startPostgres({ ssl: true })
  const openStore = async () => {
    const database = await createDatabase(server, { postgis: false })
    return { url: database.connectionString, warehouseUrl: server.connectionString, close: () => server.stop() }
  }
  testApp = await createTestApp(openStore, undefined, undefined, {}, [...PROVIDERS, ...PERSONAL.map(registeredAs)])
  const warehouse = await createDatabase(server)
  const owner = new pg.Client({ connectionString: warehouse.connectionString })
  await owner.connect()
  await owner.query('CREATE ROLE reader LOGIN')
  await owner.end()
  const { host, port, database } = warehouse
  const config = { host, port, database, user: 'reader' }
  const tls = { sslMode: 'verify-full', sslCertificateAuthority: server.authority?.certificate }
  const pair = server.authority?.issue('reader')
  configs = {
    password: { ...config, sslMode: 'disable', password: 'a password' },
    certificate: { ...config, ...tls, sslClientCertificate: pair?.certificate, sslClientKey: pair?.key },
    none: { ...config, sslMode: 'disable' },
  }
  const payload = { name: 'Sales' }
  const made = await testApp.request({ method: 'POST', url: '/workspace-api/groups', as: 'admin', payload })
  groupId = made.json<{ id: string }>().id
}, 60_000)
afterAll(() => testApp.close())

const isPersonal = (login: ConnectionLogin): login is (typeof PERSONAL)[number] =>
  (PERSONAL as readonly string[]).includes(login)

function draftOf(login: Exclude<ConnectionLogin, 'embedded'>) {
  return isPersonal(login)
    ? { providerId: `postgres-by-${login}`, config: configs.none }
    : { providerId: 'postgres', config: configs[login] }
}

function audienceOf(mode: SharingMode): AudienceBody {
  switch (mode) {
    case 'private':
      return { privacy: 'private' }
    case 'organization':
      return { privacy: 'shared' }
    case 'group':
      return { privacy: 'shared', groupIds: [groupId] }
    case 'user':
      return { privacy: 'shared', userIds: [testApp.users.viewer.id] }
  }
}

const post = (payload: object) =>
  testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload: { ...payload } })
const patch = (name: string, payload: object) =>
  testApp.request({ method: 'PATCH', url: `/v3/connections/${name}`, as: 'editor', payload: { ...payload } })
const read = (name: string) => testApp.request({ url: `/v3/connections/${name}`, as: 'editor' })

/** As the API answers it, whichever way it came about. */
function shownAs(mode: SharingMode, credentialPolicy: CredentialPolicy): Partial<ConnectionSummary> {
  const sharingScope = mode === 'private' ? null : mode === 'organization' ? 'organization' : 'specific'
  return { privacy: mode === 'private' ? 'private' : 'shared', sharingScope, credentialPolicy }
}

const CELLS = CREDENTIAL_POLICIES.flatMap((policy) => SHARING_MODES.map((mode) => ({ policy, mode })))

describe.each(CONNECTION_LOGINS.filter((login) => login !== 'embedded'))(
  'a connection that signs in by %s',
  (login) => {
    test.each(CELLS)('AC-15: is made as $policy × $mode where the table allows it', async ({ policy, mode }) => {
      const name = `made-${login}-${policy}-${mode}`
      const made = await post({ name, ...draftOf(login), credentialPolicy: policy, ...audienceOf(mode) })
      if (CREDENTIAL_MATRIX[login][policy][mode] === 'yes') {
        expect(made.statusCode, made.body).toBe(201)
        expect(made.json()).toMatchObject({ logins: [login], ...shownAs(mode, policy) })
        expect((await read(name)).json()).toMatchObject(shownAs(mode, policy))
        return
      }
      expect(made.statusCode, made.body).toBe(422)
      expect(made.json()).toMatchObject({
        code: 'rule_violated',
        details: { rule: `credential.${login}.${policy}.${mode}` },
      })
      expect((await read(name)).statusCode).toBe(404)
    })

    test('AC-15: is changed from private to what the table allows, and stays as it was otherwise', async () => {
      const name = `changed-${login}`
      const made = await post({ name, ...draftOf(login), privacy: 'private' })
      expect(made.statusCode, made.body).toBe(201)
      for (const { policy, mode } of CELLS) {
        const cell = `credential.${login}.${policy}.${mode}`
        const changed = await patch(name, { credentialPolicy: policy, ...audienceOf(mode) })
        if (CREDENTIAL_MATRIX[login][policy][mode] === 'yes') {
          expect(changed.statusCode, `${cell}: ${changed.body}`).toBe(200)
          expect(changed.json(), cell).toMatchObject(shownAs(mode, policy))
        } else {
          expect(changed.statusCode, `${cell}: ${changed.body}`).toBe(422)
          expect(changed.json(), cell).toMatchObject({ code: 'rule_violated', details: { rule: cell } })
          expect((await read(name)).json(), cell).toMatchObject(shownAs('private', 'owner'))
        }
        const back = await patch(name, { credentialPolicy: 'owner', privacy: 'private' })
        expect(back.statusCode, back.body).toBe(200)
      }
    })
  },
)

test('AC-15: a login that comes to be one person’s is refused while others are served by it', async () => {
  const made = await post({ name: 'lent', ...draftOf('oauth'), credentialPolicy: 'viewer', ...audienceOf('group') })
  expect(made.statusCode, made.body).toBe(201)
  // One setting alone is judged together with the other as it is stored.
  const lent = await patch('lent', { credentialPolicy: 'owner' })
  expect(lent.json()).toMatchObject({ status: 422, details: { rule: 'credential.oauth.owner.group' } })
  expect((await patch('lent', { credentialPolicy: 'owner', privacy: 'private' })).statusCode).toBe(200)
  const shared = await patch('lent', audienceOf('user'))
  expect(shared.json()).toMatchObject({ status: 422, details: { rule: 'credential.oauth.owner.user' } })
})

test('AC-15: nobody has anybody bring a login to the warehouse that the server runs itself', async () => {
  const { store, clock, organizationId } = testApp
  const now = clock.now()
  await store
    .insertInto('connections')
    .values({
      ...{ id: 'own_warehouse', name: 'own-warehouse', organization_id: organizationId, provider_id: 'postgres' },
      ...{ embedded: true, owner_id: null, config: '{}', secrets: null, credential_version: 1, aliases: '[]' },
      ...{ created_at: now, updated_at: now },
    })
    .execute()
  const grant = { organization_id: organizationId, asset_kind: 'connection' as const, asset_id: 'own_warehouse' }
  const whole = { audience_kind: 'organization' as const, group_id: null, user_id: null, created_at: now }
  await store
    .insertInto('grants')
    .values({ ...grant, ...whole })
    .execute()
  for (const as of ROLES) {
    const payload = { credentialPolicy: 'viewer' }
    const refused = await testApp.request({ method: 'PATCH', url: '/v3/connections/own-warehouse', as, payload })
    // The organization is everybody but guests, to whom it does not exist.
    expect(refused.statusCode, refused.body).toBe(as === 'guest' ? 404 : 403)
  }
  const row = await store.selectFrom('connections').selectAll().where('id', '=', 'own_warehouse').executeTakeFirst()
  expect(row?.credential_policy).toBe('owner')
})
