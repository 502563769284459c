import type {
  AccessTestReport,
  CustomBasemap,
  Customization,
  Role,
  SettingsDocument,
  SettingsPlan,
  SettingsText,
  ViewerMap,
} from '@graticule/contract'
import { emptyMapDocument } from '@graticule/contract'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readSettingsText, writeSettingsText } from '../features/settings/document-text.ts'
import { createId } from '../platform/db/ids.ts'
import { createPng } from './create-png.ts'
import type { TestApp } from './create-test-app.ts'

export const BASEMAP: CustomBasemap = {
  id: 'corporate',
  name: 'Corporate',
  scheme: 'light',
  type: 'xyz',
  url: 'https://tiles.example.org/{z}/{x}/{y}.png',
  attribution: '© Corporate',
  otherOrigins: [],
}

/** What holds of settings as code, and of what organizations make their own, on every engine that may keep them. */
export function describeSettings(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let groupId: string

  beforeAll(async () => {
    testApp = await createApp()
    groupId = createId()
    const { organizationId: organization_id, store } = testApp
    await store
      .insertInto('groups')
      .values({
        id: groupId,
        organization_id,
        name: 'Admins',
        source: 'scim',
        external_id: 'a',
        created_at: new Date(),
      })
      .execute()
    const { id: user_id } = testApp.users.admin
    await store.insertInto('group_members').values({ group_id: groupId, user_id, added_at: new Date() }).execute()
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    const { clock, store } = testApp
    // Roles are remembered for a moment.
    clock.advance(2_000)
    await store.deleteFrom('customizations').execute()
    await store.deleteFrom('branding_images').execute()
    await store.deleteFrom('group_roles').execute()
    await store.deleteFrom('directory_settings').execute()
    await store.deleteFrom('maps').execute()
    await store
      .updateTable('organizations')
      .set({ name: 'Ours', default_role: 'viewer', takes_join_requests: false })
      .execute()
    for (const { id, role } of Object.values(testApp.users)) {
      await store.updateTable('users').set({ role, directory_synced_at: null }).where('id', '=', id).execute()
    }
  })

  const send = (path: string, payload: object, as: Role = 'admin') =>
    testApp.request({ method: 'POST', url: `/workspace-api/settings${path}`, as, payload })
  const read = async () => (await testApp.request({ url: '/workspace-api/settings', as: 'admin' })).json<SettingsText>()
  const textOf = (sections: Omit<SettingsDocument, 'version'>) => writeSettingsText({ version: 1, ...sections })
  const plan = async (text: string) => {
    const answer = await send('/plan', { text })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<SettingsPlan>()
  }
  const apply = async (text: string) => send('/apply', { text, base: (await read()).revisions })
  const applied = async (sections: Omit<SettingsDocument, 'version'>) => {
    const answer = await apply(textOf(sections))
    expect(answer.statusCode, answer.body).toBe(200)
  }
  const eventsSince = async (position: number) =>
    testApp.store
      .selectFrom('activity')
      .selectAll()
      .where('position', '>', String(position))
      .where('type', '!=', 'access.denied')
      .orderBy('position')
      .execute()
  const lastPosition = async () => {
    const { last } = await testApp.store
      .selectFrom('activity')
      .select(sql<string | null>`max(position)`.as('last'))
      .executeTakeFirstOrThrow()
    return Number(last ?? 0)
  }
  const createMap = async (styleType: string) => {
    const document = emptyMapDocument('On a basemap')
    document.keplerMapConfig.config.mapStyle.styleType = styleType
    const created = await testApp.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { document },
    })
    expect(created.statusCode, created.body).toBe(201)
    return created.json<{ id: string }>().id
  }

  test('what is read can be applied as it is, in both forms, and changes nothing', async () => {
    for (const format of ['yaml', 'json']) {
      const answer = await testApp.request({ url: `/workspace-api/settings?format=${format}`, as: 'admin' })
      const { text, document, revisions } = answer.json<SettingsText>()
      expect(readSettingsText(text)).toEqual(document)
      expect(await plan(text)).toMatchObject({ differences: [], effects: [], problems: [] })
      const position = await lastPosition()
      const result = await send('/apply', { text, base: revisions })
      expect(result.statusCode, result.body).toBe(200)
      expect(await eventsSince(position)).toEqual([])
    }
  })

  test('random settings that are applied are read back as they were', async () => {
    const color = fc.stringMatching(/^#[0-9a-f]{6}$/)
    const text = (maxLength: number) =>
      fc.string({ unit: 'grapheme', maxLength }).map((value) => `x${value.replaceAll(/\s/g, ' ')}y`.slice(0, 60))
    const palette = fc.record({
      name: text(30),
      kind: fc.constantFrom('sequential' as const, 'diverging' as const, 'qualitative' as const),
      colors: fc.array(color, { minLength: 2, maxLength: 20 }),
    })
    const basemap = fc.record({
      id: fc.stringMatching(/^[a-f][a-z0-9-]{0,20}[a-f]$/),
      name: text(30),
      scheme: fc.constantFrom('light' as const, 'dark' as const),
      type: fc.constant('xyz' as const),
      url: fc.constantFrom('https://a.example/{z}/{x}/{y}.png?k=#', 'http://b.example:8080/{z}/{x}/{y}'),
      attribution: fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replaceAll('\0', '')),
      otherOrigins: fc.subarray(['https://c.example', 'http://d.example:81']),
    })
    const settings = fc.record({
      general: fc.record({
        name: text(40),
        defaultRole: fc.constantFrom('viewer' as const, 'editor' as const),
        secondFactorRequired: fc.constant(false),
        takesJoinRequests: fc.boolean(),
        sessionIdleMinutes: fc.constantFrom(30, 60),
        sessionAbsoluteMinutes: fc.constantFrom(null, 600),
      }),
      branding: fc.record({
        logo: fc.constant(null),
        primaryColor: fc.constantFrom(null, '#0c6e66', '#333333'),
        secondaryColor: fc.constantFrom(null, '#777777'),
        appBarColor: fc.option(color),
      }),
      palettes: fc.uniqueArray(palette, { maxLength: 4, selector: ({ name }) => name.toLowerCase() }),
      basemaps: fc.uniqueArray(basemap, { maxLength: 3, selector: ({ id }) => id }),
      expectedAccess: fc.array(fc.record({ person: text(20), action: text(20), allowed: fc.boolean() }), {
        maxLength: 3,
      }),
    })
    await fc.assert(
      fc.asyncProperty(settings, async (sections) => {
        await applied(sections)
        const now = await read()
        expect(now.document).toMatchObject(sections)
        expect((await plan(now.text)).differences).toEqual([])
        expect((await plan(textOf(sections))).differences).toEqual([])
      }),
      { numRuns: 12 },
    )
    await testApp.store
      .updateTable('organizations')
      .set({ session_idle_minutes: null, session_absolute_minutes: null })
      .execute()
  })

  test('the plan names the people who gain and lose a role, and applying does just that with an event per section', async () => {
    const { store, users } = testApp
    await store
      .updateTable('users')
      .set({ directory_synced_at: new Date() })
      .where('id', 'in', [users.admin.id, users.editor.id])
      .execute()
    const sections: Omit<SettingsDocument, 'version'> = {
      roleMapping: {
        enabled: true,
        defaultRole: 'viewer',
        custodian: users.superadmin.email.toUpperCase(),
        groups: [{ group: 'admins', role: 'admin' }],
      },
      palettes: [{ name: 'Corporate', kind: 'sequential', colors: ['#000000', '#ffffff'] }],
    }
    const planned = await plan(textOf(sections))
    expect(planned.problems).toEqual([])
    expect(planned.effects).toEqual([
      {
        section: 'roleMapping',
        kind: 'loss',
        name: 'The editor',
        sentence: 'editor → viewer. What they own goes to the asset custodian.',
      },
      { section: 'palettes', kind: 'gain', name: 'Corporate', sentence: 'Builder offers this palette.' },
    ])
    const position = await lastPosition()
    const text = textOf(sections)
    const { revisions: base } = await read()
    const stale = await send('/apply', { text, base, planVersion: 'another' })
    expect(stale.json()).toMatchObject({ status: 409, details: { rule: 'settings.plan' } })
    const result = await send('/apply', { text, base, planVersion: planned.version })
    expect(result.statusCode, result.body).toBe(200)
    expect((await eventsSince(position)).map(({ type }) => type)).toEqual([
      'role-mapping.updated',
      'user.role-changed',
      'palettes.updated',
    ])
    const refused = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload: {} })
    expect(refused.statusCode).toBe(403)
  })

  test('governance is a section: the plan names who loses what, groups go by name, and any order means the same', async () => {
    const { store, organizationId: organization_id } = testApp
    await store.deleteFrom('governance').execute()
    const others = ['Zebras', 'Ants'].map((name) => ({
      id: createId(),
      organization_id,
      name,
      source: 'manual' as const,
      created_at: new Date(),
    }))
    await store.insertInto('groups').values(others).execute()
    const { governance } = (await read()).document
    if (governance === undefined) throw new Error('There is no governance in the document.')
    const next = {
      policies: { ...governance.policies, 'maps.public': 'nobody' as const, 'connections.create': 'admins' as const },
      sharingDefaults: {
        organization: { map: { audience: 'groups' as const, groups: ['Zebras', 'Ants'], locked: true } },
        groups: [],
      },
    }
    const planned = await plan(textOf({ governance: next }))
    expect(planned.problems).toEqual([])
    expect(planned.effects.filter(({ kind }) => kind === 'loss').map(({ name }) => name)).toContain('The editor')
    const position = await lastPosition()
    await applied({ governance: next })
    expect((await eventsSince(position)).map(({ type }) => type)).toEqual(['governance.updated'])
    expect((await plan(textOf({ governance: next }))).differences).toEqual([])
    const refused = await testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload: CONNECTION })
    expect(refused.statusCode, refused.body).toBe(403)
    const { problems } = await plan(
      textOf({
        governance: {
          ...next,
          sharingDefaults: {
            organization: { map: { audience: 'groups', groups: ['Nowhere'], locked: false } },
            groups: [],
          },
        },
      }),
    )
    expect(problems).toEqual(['There is no group "Nowhere" for a default of sharing.'])
    await applied({ governance })
    expect((await read()).document.governance).toEqual(governance)
  })

  test('sections that a document leaves out stay, and one that changed since it was read is not overwritten', async () => {
    await applied({ palettes: [{ name: 'One', kind: 'qualitative', colors: ['#000000', '#ffffff'] }] })
    const { revisions: base } = await read()
    await applied({ basemaps: [BASEMAP] })
    const text = textOf({ palettes: [] })
    expect((await send('/apply', { text, base })).statusCode).toBe(200)
    expect((await read()).document).toMatchObject({ palettes: [], basemaps: [BASEMAP] })
    const refused = await send('/apply', { text: textOf({ basemaps: [] }), base })
    expect(refused.json()).toMatchObject({ status: 409, details: { rule: 'settings.base', section: 'basemaps' } })
    const missing = await send('/apply', { text: textOf({ basemaps: [] }), base: {} })
    expect(missing.statusCode).toBe(409)
    expect((await read()).document.basemaps).toEqual([BASEMAP])
  })

  test('applying is one transaction: when a later section fails, the earlier ones are as they were', async () => {
    const { store } = testApp
    const general = { ...(await read()).document.general, name: 'Renamed' } as NonNullable<SettingsDocument['general']>
    const position = await lastPosition()
    const wrong = await apply(textOf({ general, branding: { ...NO_BRANDING, primaryColor: '#ffff00' } }))
    expect(wrong.json()).toMatchObject({ status: 409, error: expect.stringContaining('contrast') })
    await sql`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`.execute(
      store,
    )
    await sql`CREATE TRIGGER fail BEFORE INSERT ON customizations FOR EACH ROW EXECUTE FUNCTION fail()`.execute(store)
    try {
      const failed = await apply(textOf({ general, basemaps: [BASEMAP] }))
      expect(failed.statusCode).toBe(500)
    } finally {
      await sql`DROP TRIGGER fail ON customizations`.execute(store)
      await sql`DROP FUNCTION fail()`.execute(store)
    }
    expect((await read()).document).toMatchObject({ general: { name: 'Ours' }, basemaps: [] })
    expect(await eventsSince(position)).toEqual([])
  })

  test('a document that says one thing twice is written out without aliases', () => {
    const shared = { ...BASEMAP, otherOrigins: ['https://fonts.example.org'] }
    const text = textOf({ basemaps: [shared, { ...shared, id: 'another' }] })
    expect(readSettingsText(text).basemaps).toHaveLength(2)
  })

  test('a mistake is told with its path: unknown keys, wrong values, names of nobody, and what YAML must not do', async () => {
    const wrong: [string, string][] = [
      ['version: 1\ncolour: red', '"colour" is not a setting; remove it.'],
      [
        'version: 1\nbranding: {logo: null, primaryColor: null, secondaryColor: null, appBarColor: null, x: 1}',
        '"branding.x" is not a setting',
      ],
      [
        'version: 1\npalettes: [{name: A, kind: rainbow, colors: ["#000000", "#111111"]}]',
        '"palettes.0.kind" must be one of',
      ],
      ['version: 1\npalettes: [{name: A, kind: diverging, colors: ["#000000"]}]', '"palettes.0.colors" must'],
      ['version: 2', '"version" must be 1'],
      ['general: [', 'The document cannot be read'],
      ['version: 1\nversion: 1', 'The document cannot be read'],
      ['version: 1\na: &a [1]\nb: *a', 'aliases'],
      ['just words', 'The document must be object'],
    ]
    for (const [text, sentence] of wrong) {
      const refused = await send('/plan', { text })
      expect(refused.statusCode, refused.body).toBe(400)
      expect(refused.json().error, text).toContain(sentence)
    }
    const mapping = { enabled: true, defaultRole: 'viewer', custodian: 'nobody@example.org' } as const
    const { problems } = await plan(
      textOf({ roleMapping: { ...mapping, groups: [{ group: 'Nowhere', role: 'admin' }] } }),
    )
    expect(problems).toEqual([
      'There is no group "Nowhere" that a directory keeps.',
      'Nobody here has the e-mail nobody@example.org of the asset custodian.',
    ])
    const twice = [{ ...BASEMAP }, { ...BASEMAP, url: 'ftp://x/{z}{x}{y}' }]
    expect((await plan(textOf({ basemaps: twice }))).problems).toEqual([
      'Two basemaps have the id "corporate".',
      expect.stringContaining('must begin with https://'),
    ])
  })

  test('a logo is what it holds: square, large enough, kept under its digest, and served as nothing else', async () => {
    const small = await apply(textOf({ branding: { ...NO_BRANDING, logo: createPng(100, 100) } }))
    expect(small.json().error).toContain('100 × 100 pixels')
    const wide = await apply(textOf({ branding: { ...NO_BRANDING, logo: createPng(512, 300) } }))
    expect(wide.json().error).toContain('must be square')
    const svg = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`
    expect((await apply(textOf({ branding: { ...NO_BRANDING, logo: svg } }))).json().error).toContain(
      'PNG, JPEG or WebP',
    )

    const branding = { ...NO_BRANDING, logo: createPng(256, 256), appBarColor: '#102030' }
    await applied({ branding })
    expect((await plan(textOf({ branding }))).differences).toEqual([])
    const shown = await testApp.request({ url: '/workspace-api/customization', as: 'guest' })
    const { logoUrl } = shown.json<Customization>().branding
    const image = await testApp.request({ url: logoUrl ?? '' })
    expect(image.statusCode).toBe(200)
    expect(image.headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    const digest = (await read()).document.branding?.logo
    expect(logoUrl).toBe(`/branding/${testApp.organizationId}/${digest}`)
    expect((await testApp.request({ url: `/branding/ac_other/${digest}` })).statusCode).toBe(404)

    const position = await lastPosition()
    await applied({ branding: NO_BRANDING })
    expect(await eventsSince(position)).toMatchObject([{ type: 'branding.reset', actor_id: testApp.users.admin.id }])
    // An earlier document names the picture that it had.
    await applied({ branding: { ...NO_BRANDING, logo: digest ?? null } })
  })

  test('deleting a basemap names the maps on it, which fall back to the default one with a note', async () => {
    await applied({ basemaps: [BASEMAP] })
    const id = await createMap('custom:corporate')
    const listed = await testApp.request({ url: '/workspace-api/basemaps', as: 'editor' })
    expect(listed.json().map((basemap: { id: string }) => basemap.id)).toContain('corporate')
    const forOthers = await testApp.request({ url: '/workspace-api/basemaps' })
    expect(forOthers.json().map((basemap: { id: string }) => basemap.id)).not.toContain('corporate')
    const view = async () =>
      (await testApp.request({ url: `/workspace-api/viewer/maps/${id}`, as: 'editor' })).json<ViewerMap>()
    expect((await view()).basemap).toMatchObject({
      id: 'corporate',
      isFallback: false,
      origins: ['https://tiles.example.org'],
    })

    expect((await plan(textOf({ basemaps: [] }))).effects).toEqual([
      { section: 'basemaps', kind: 'loss', name: 'Corporate', sentence: 'Builder no longer offers this basemap.' },
      {
        section: 'basemaps',
        kind: 'loss',
        name: 'On a basemap',
        sentence: 'The map is drawn on the default basemap, with a note.',
      },
    ])
    await applied({ basemaps: [] })
    expect((await view()).basemap).toMatchObject({ id: 'graticule-light', isFallback: true, origins: [] })
  })

  test('pages may load from the basemaps of their own organization, a public map from its own, and nothing else', async () => {
    const tiles = { ...BASEMAP, url: 'https://secret.example.org/{z}/{x}/{y}.png', id: 'unused' }
    await applied({ basemaps: [BASEMAP, tiles] })
    const id = await createMap('custom:corporate')
    const connectsTo = async (url: string, as?: Role) => {
      const page = await testApp.request({ url, headers: { accept: 'text/html' }, ...(as && { as }) })
      expect(page.statusCode).toBe(200)
      const policy = String(page.headers['content-security-policy'])
      const [, sources] = /connect-src ([^;]*)/.exec(policy) ?? []
      expect(/img-src ([^;]*)/.exec(policy)?.[1]).toBe(sources)
      return sources?.split(' ').filter((source) => !["'self'", 'data:', 'blob:'].includes(source))
    }
    const [corporate, secret] = ['https://tiles.example.org', 'https://secret.example.org']
    expect(await connectsTo('/maps', 'guest')).toEqual([corporate, secret])
    expect(await connectsTo('/maps')).toEqual([])
    expect(await connectsTo(`/map/${id}`)).toEqual([])
    const shared = await testApp.request({
      method: 'PUT',
      url: `/workspace-api/maps/${id}/sharing`,
      as: 'editor',
      payload: { privacy: 'public' },
    })
    expect(shared.statusCode, shared.body).toBeLessThan(300)
    expect(await connectsTo(`/map/${id}`)).toEqual([corporate])
    expect(await connectsTo(`/embed/${id}`, 'admin')).toEqual([corporate])
    expect(await connectsTo('/embed/none', 'admin')).toEqual([])
    const fetched = await testApp.request({ url: `/v3/maps/public/${id}` })
    expect(fetched.json().keplerMapConfig.config.customBaseMaps).toMatchObject({
      customStyle: { id: 'custom:corporate', customAttribution: '© Corporate', style: { version: 8 } },
    })
  })

  test('a test asks what people may do and gives the reason of each decision', async () => {
    const id = await createMap('custom:graticule-light')
    const { admin, editor } = testApp.users
    const expectedAccess = [
      { person: editor.email, action: 'map.update', asset: `map:${id}`, allowed: true },
      { role: 'guest', action: 'map.create', allowed: true },
      { group: 'admins', action: 'settings.manage', allowed: true },
      { person: 'nobody@example.org', action: 'map.create', allowed: true },
      { person: admin.email, action: 'map.update', asset: 'map:none', allowed: false },
      { role: 'viewer', action: 'map.fly', allowed: false },
    ] as const
    const answer = await send('/test', { text: textOf({ expectedAccess: [...expectedAccess] }) })
    const { results, ...counts } = answer.json<AccessTestReport>()
    expect(counts).toEqual({ passed: 2, failed: 4 })
    expect(results).toMatchObject([
      {
        passed: true,
        decisions: [{ name: 'The editor', allowed: true, reason: 'Your role (editor) can edit this map.' }],
      },
      { passed: false, decisions: [{ reason: expect.stringContaining('Your role (guest) cannot create maps;') }] },
      { passed: true, decisions: [{ name: 'The admin' }] },
      { passed: false, problem: 'Nobody here has the e-mail nobody@example.org.' },
      { passed: false, problem: 'There is no asset map:none.' },
      { passed: false, problem: 'There is no action called "map.fly".' },
    ])
    await applied({ expectedAccess: [expectedAccess[0]] })
    expect((await send('/test', {})).json<AccessTestReport>()).toMatchObject({ passed: 1, failed: 0 })
  })

  test('another organization is neither read, nor changed, nor asked about', async () => {
    const { store } = testApp
    const [elsewhere, stranger] = [`ac_${createId().slice(0, 8)}`, createId()]
    const created_at = new Date()
    await store
      .insertInto('organizations')
      .values({ id: elsewhere, name: 'Elsewhere', is_demo: false, created_at })
      .execute()
    await store
      .insertInto('users')
      .values({
        id: stranger,
        organization_id: elsewhere,
        email: 'stranger@elsewhere.org',
        name: 'A stranger',
        role: 'admin',
        created_at,
      })
      .execute()
    await store
      .insertInto('customizations')
      .values({
        organization_id: elsewhere,
        branding: JSON.stringify(NO_BRANDING),
        palettes: '[]',
        basemaps: JSON.stringify([BASEMAP]),
        expected_access: '[]',
        markers: '[]',
      })
      .execute()
    expect((await read()).document.basemaps).toEqual([])
    const { problems } = await plan(
      textOf({
        roleMapping: { enabled: false, defaultRole: 'editor', custodian: 'stranger@elsewhere.org', groups: [] },
      }),
    )
    expect(problems).toEqual(['Nobody here has the e-mail stranger@elsewhere.org of the asset custodian.'])
    await applied({ basemaps: [] })
    const expected = [{ person: 'stranger@elsewhere.org', action: 'map.create', allowed: true }]
    const { results } = (await send('/test', { text: textOf({ expectedAccess: expected }) })).json<AccessTestReport>()
    expect(results).toMatchObject([{ passed: false, decisions: [] }])
    const kept = await store
      .selectFrom('customizations')
      .select('basemaps')
      .where('organization_id', '=', elsewhere)
      .execute()
    expect(kept).toEqual([{ basemaps: [BASEMAP] }])
  })
}

const CONNECTION = {
  name: 'forbidden',
  providerId: 'postgres',
  config: { host: 'none', database: 'none', user: 'none' },
}
const NO_BRANDING = { logo: null, primaryColor: null, secondaryColor: null, appBarColor: null }
