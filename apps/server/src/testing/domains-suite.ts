import type {
  InvitationOffer,
  OrganizationDomain,
  OrganizationDomainList,
  OrganizationPlan,
  Role,
} from '@graticule/contract'
import { startDnsServer, type TestDnsServer } from '@graticule/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { verifyDomainByOperator } from '../features/domains/domain-operator.ts'
import { DomainStore } from '../features/domains/domain-store.ts'
import { OrganizationStore } from '../features/organizations/organization-store.ts'
import type { Clock } from '../platform/clock/clock.ts'
import { createTxtLookUp, type LookUpTxt } from '../platform/dns/look-up-txt.ts'
import type { Mail, Mailer } from '../platform/mail/mailer.ts'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 24 * 60 * 60_000
const PASSWORD = 'correct horse battery'

/** What holds of an organization's domains, and of who joins by them, on every engine that may keep them. */
export function describeDomains(
  createApp: (openMailer: (clock: Clock) => Mailer, lookUpTxt: LookUpTxt) => Promise<TestApp>,
): void {
  let dns: TestDnsServer
  let testApp: TestApp
  let mails: Mail[]

  beforeAll(async () => {
    dns = await startDnsServer()
  })
  afterAll(() => dns.stop())
  beforeEach(async () => {
    mails = []
    dns.records.clear()
    const mailer: Mailer = {
      hasServer: true,
      deliver: async (mail) => mails.push(mail) > 0,
      close: () => undefined,
    }
    testApp = await createApp(() => mailer, createTxtLookUp([dns.address], 100))
  })
  afterEach(() => testApp.close())

  const send = (
    method: 'DELETE' | 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    payload?: object,
    as: Role = 'admin',
  ) => testApp.request({ method, url: `/workspace-api/${path}`, as, ...(payload && { payload }) })
  const add = async (domain: string) => (await send('POST', 'domains', { domain })).json<OrganizationDomain>()
  const verify = (id: string) => send('POST', `domains/${id}/verify`)
  const list = async () => (await send('GET', 'domains')).json<OrganizationDomainList>()
  const ask = (email: string, more: object = {}) =>
    testApp.request({ method: 'POST', url: '/auth/join-requests', payload: { email, name: 'Nina', ...more } })
  const publish = ({ record }: OrganizationDomain) => dns.records.set(record.name, ['unrelated', record.value])
  const eventsOf = async (type: string) =>
    testApp.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('seq').execute()

  async function verified(domain: string): Promise<OrganizationDomain> {
    const added = await add(domain)
    publish(added)
    return (await verify(added.id)).json()
  }

  /** The token of the link that was mailed to the address last. */
  async function mailedToken(email: string): Promise<string> {
    const mail = await vi.waitFor(() => {
      const found = mails.filter(({ to }) => to === email).at(-1)
      if (found === undefined) throw new Error(`Nothing was mailed to ${email}.`)
      return found
    })
    return /\/invitation#(gti_[\w-]{43})/.exec(mail.text)?.[1] ?? ''
  }

  const join = (token: string) =>
    testApp.request({ method: 'POST', url: '/auth/invitation', payload: { token, name: 'Nina', password: PASSWORD } })

  async function addNeighbour(): Promise<void> {
    const created_at = testApp.clock.now()
    const neighbour = { id: 'ac_neighbor', name: 'Neighbour', is_demo: false, created_at, auto_join: true }
    await testApp.store.insertInto('organizations').values(neighbour).execute()
    const row = { id: 'theirs', organization_id: 'ac_neighbor', domain: 'taken.example', challenge: 'none', created_at }
    await testApp.store
      .insertInto('organization_domains')
      .values({ ...row, verified_at: created_at, verified_by: 'operator' })
      .execute()
  }

  test('a domain is verified by the record that DNS shows, and until then counts for nothing', async () => {
    const added = await add(' @Example.ORG ')
    expect(added).toMatchObject({
      domain: 'example.org',
      verifiedAt: null,
      record: { name: '_graticule.example.org', value: expect.stringMatching(/^graticule-domain=[\w-]{43}$/) },
    })
    const silent = await verify(added.id)
    expect([silent.statusCode, silent.json().error]).toEqual([
      409,
      'No name server answered within some seconds; try again in a moment.',
    ])
    for (const records of [null, [], ['graticule-domain=somebody-else']]) {
      dns.records.set(added.record.name, records)
      expect((await verify(added.id)).json().details).toEqual({ rule: 'domain-record' })
    }
    publish(added)
    expect((await verify(added.id)).json()).toMatchObject({ verifiedBy: 'dns' })
    expect((await list()).domains).toMatchObject([{ domain: 'example.org', verifiedBy: 'dns', failingSince: null }])
    expect((await send('POST', 'domains', { domain: 'EXAMPLE.org' })).statusCode).toBe(409)
    expect(await eventsOf('domain.verified')).toMatchObject([{ details: { domain: 'example.org', by: 'dns' } }])
  })

  test('what is no domain, or anybody’s, is refused; only admins change domains', async () => {
    for (const domain of ['nowhere', '10.0.0.1', 'a..org', 'http://example.org']) {
      expect((await send('POST', 'domains', { domain })).json().details, domain).toEqual({ rule: 'domain-claim.form' })
    }
    const anybodys = await send('POST', 'domains', { domain: 'GMail.com' })
    expect([anybodys.statusCode, anybodys.json().error]).toEqual([
      400,
      "Anybody can get an e-mail at gmail.com, so it cannot be an organization's own.",
    ])
    expect((await send('POST', 'domains', { domain: 'example.org' }, 'editor')).statusCode).toBe(403)
    expect((await send('PUT', 'domains/auto-join', { autoJoin: true }, 'viewer')).statusCode).toBe(403)
  })

  test('a domain belongs to one organization, which cannot be touched from another', async () => {
    await addNeighbour()
    const added = await add('taken.example')
    publish(added)
    const refused = await verify(added.id)
    expect([refused.statusCode, refused.json().error]).toEqual([
      409,
      'taken.example belongs to another organization of this installation; an admin there must remove it first.',
    ])
    expect([(await verify('theirs')).statusCode, (await send('DELETE', 'domains/theirs')).statusCode]).toEqual([
      404, 404,
    ])
    await testApp.store.deleteFrom('organization_domains').where('id', '=', 'theirs').execute()
    expect((await verify(added.id)).statusCode).toBe(200)
  })

  test('with auto-join on, who proves an e-mail at a verified domain joins with the default role', async () => {
    await verified('corp.example')
    expect((await testApp.request({ url: '/auth/join-requests' })).json()).toEqual({ open: false })
    await send('PUT', 'domains/auto-join', { autoJoin: true })
    expect((await testApp.request({ url: '/auth/join-requests' })).json()).toEqual({ open: true })
    await send('PATCH', 'organization', { defaultRole: 'editor' })
    const asked = await ask('Nina@Corp.example')
    expect([asked.statusCode, asked.json()]).toEqual([202, { outcome: 'mailed' }])
    const token = await mailedToken('Nina@Corp.example')
    const offer = await testApp.request({ method: 'POST', url: '/auth/invitation/read', payload: { token } })
    expect(offer.json<InvitationOffer>()).toMatchObject({ role: 'editor', inviterName: null })
    expect((await send('GET', 'invitations')).json().invitations).toMatchObject([{ invitedBy: null, state: 'pending' }])
    const joined = await join(token)
    expect(joined.json()).toMatchObject({ user: { email: 'Nina@Corp.example', role: 'editor' } })
    expect((await join(token)).statusCode).toBe(401)
    // Who is here already is told the same and mailed nothing.
    const before = mails.length
    expect((await ask('nina@corp.example')).json()).toEqual({ outcome: 'mailed' })
    await ask('other@corp.example')
    await mailedToken('other@corp.example')
    expect(mails).toHaveLength(before + 1)
  })

  test('subdomains, domains that are only claimed, and other domains do not let anybody join', async () => {
    await verified('corp.example')
    await add('claimed.example')
    await send('PUT', 'domains/auto-join', { autoJoin: true })
    for (const email of [
      'n@maps.corp.example',
      'n@claimed.example',
      'n@notcorp.example',
      'n@corp.example.evil.example',
    ]) {
      expect((await ask(email)).statusCode, email).toBe(404)
    }
    await send('PUT', 'join-requests/settings', { open: true })
    expect((await ask('n@maps.corp.example')).json()).toEqual({ outcome: 'waiting' })
  })

  test('with auto-join off a request of the domain’s people waits, where it is another organization’s too', async () => {
    await verified('corp.example')
    await addNeighbour()
    await send('PUT', 'join-requests/settings', { open: true })
    // Of several organizations the domain finds the one that is meant.
    expect((await ask('nina@corp.example')).json()).toEqual({ outcome: 'waiting' })
    expect((await send('GET', 'join-requests')).json().requests).toMatchObject([{ email: 'nina@corp.example' }])
    expect((await ask('n@taken.example', { organizationId: testApp.organizationId })).json()).toEqual({
      outcome: 'waiting',
    })
    expect((await ask('n@taken.example')).json()).toEqual({ outcome: 'mailed' })
  })

  test('a link stops to work when auto-join ends, seats are respected, and single sign-on is not gone around', async () => {
    const { clock, organizationId, store, users } = testApp
    const domain = await verified('corp.example')
    const autoJoin = (isOn: boolean) => send('PUT', 'domains/auto-join', { autoJoin: isOn })
    await autoJoin(true)
    await ask('nina@corp.example')
    const token = await mailedToken('nina@corp.example')
    const ended = await send('POST', 'organization/plan', { autoJoin: false })
    expect(ended.json<OrganizationPlan>().effects).toMatchObject([
      { kind: 'loss', name: null, sentence: 'Nobody joins by the domain of their e-mail any more.' },
      { kind: 'loss', name: 'nina@corp.example', sentence: 'Was mailed a link to join by, and is refused with it.' },
    ])
    await autoJoin(false)
    const begun = await send('POST', 'organization/plan', { autoJoin: true })
    expect(begun.json<OrganizationPlan>().effects).toMatchObject([
      { kind: 'gain', sentence: 'Whoever has an e-mail at corp.example joins by themselves with the role viewer.' },
    ])
    expect((await join(token)).json().error).toContain('do not join by themselves any more')
    await autoJoin(true)
    await send('PATCH', 'organization', { seats: { viewer: 2 } }, 'superadmin')
    expect((await join(token)).json().details).toEqual({ rule: 'seat.viewer' })
    await send('PATCH', 'organization', { seats: { viewer: null } }, 'superadmin')
    const enforcement = { organization_id: organizationId, guests_exempt: false, break_glass_user_id: users.admin.id }
    await store
      .insertInto('sso_enforcements')
      .values({ ...enforcement, enforced_at: clock.now() })
      .execute()
    expect([(await join(token)).statusCode, (await ask('new@corp.example')).statusCode]).toEqual([403, 403])
    await store.deleteFrom('sso_enforcements').execute()
    const removal = async () => (await send('POST', `domains/${domain.id}/removal-plan`)).json<OrganizationPlan>()
    const planned = await removal()
    expect(planned.effects).toMatchObject([
      { kind: 'loss', name: null, sentence: 'Nobody with an e-mail at corp.example joins by themselves any more.' },
      { kind: 'loss', name: 'nina@corp.example', sentence: 'Was mailed a link to join by, and is refused with it.' },
      { kind: 'change', name: null },
      { kind: 'change', name: null },
    ])
    // What was looked at is no longer what would happen.
    await autoJoin(false)
    const stale = await send('DELETE', `domains/${domain.id}?planVersion=${planned.version}`)
    expect([stale.statusCode, stale.json().details]).toEqual([409, { rule: 'domain.plan' }])
    await autoJoin(true)
    const { version } = await removal()
    expect((await send('DELETE', `domains/${domain.id}?planVersion=${version}`)).statusCode).toBe(204)
    expect((await join(token)).statusCode).toBe(401)
    const claimed = await add('other.example')
    const ofClaim = await send('POST', `domains/${claimed.id}/removal-plan`)
    expect(ofClaim.json<OrganizationPlan>().effects).toMatchObject([{ kind: 'change', name: null }])
    await verified('corp.example')
    expect((await join(token)).statusCode).toBe(200)
  })

  test('nobody is flooded with links', async () => {
    await verified('corp.example')
    await send('PUT', 'domains/auto-join', { autoJoin: true })
    const statuses = []
    for (let count = 0; count < 4; count++) statuses.push((await ask('victim@corp.example')).statusCode)
    expect(statuses).toEqual([202, 202, 202, 429])
  })

  test('DNS is asked again day by day; what it does not confirm pauses, is told, and lapses after a week', async () => {
    const domain = await verified('corp.example')
    await send('PUT', 'domains/auto-join', { autoJoin: true })
    const { sweep } = await testApp.buildServer('sweeper')
    const later = async (ms: number) => {
      testApp.clock.advance(ms)
      await sweep()
      const row = await testApp.store
        .selectFrom('organization_domains')
        .selectAll()
        .where('id', '=', domain.id)
        .executeTakeFirstOrThrow()
      return { verified: row.verified_at !== null, failing: row.failing_since !== null }
    }
    const canJoin = async () => (await testApp.request({ url: '/auth/join-requests' })).json().open
    dns.records.set(domain.record.name, null)
    // It is not asked more often than once a day while all is well.
    expect(await later(DAY_MS / 2)).toEqual({ verified: true, failing: false })
    expect(await later(DAY_MS)).toEqual({ verified: true, failing: true })
    expect(await canJoin()).toBe(false)
    const told = mails.filter(({ subject }) => subject === 'corp.example is not verified any more')
    expect(told.map(({ to }) => to).sort()).toEqual(['admin@example.org', 'superadmin@example.org'])
    publish(domain)
    expect(await later(60 * 60_000)).toEqual({ verified: true, failing: false })
    expect(await canJoin()).toBe(true)
    dns.records.delete(domain.record.name)
    expect(await later(2 * DAY_MS)).toEqual({ verified: true, failing: true })
    expect(await later(6 * DAY_MS)).toEqual({ verified: true, failing: true })
    expect(await later(DAY_MS)).toEqual({ verified: false, failing: false })
    for (const [type, count] of Object.entries({ failing: 2, confirmed: 1, lapsed: 1 })) {
      expect(await eventsOf(`domain.${type}`), type).toHaveLength(count)
    }
    expect(mails.filter(({ subject }) => subject.startsWith('corp.example'))).toHaveLength(4)
  })

  test('where DNS cannot be asked the operator vouches for a domain, which is then not asked about', async () => {
    const { activity, clock, store } = testApp
    const operator = {
      activity,
      clock,
      store,
      organizations: new OrganizationStore(store),
      domains: new DomainStore(store),
    }
    const name = 'Test Organization'
    expect(await verifyDomainByOperator(operator, name, 'Corp.example')).toBe(
      'corp.example is a verified domain of "Test Organization".',
    )
    await verifyDomainByOperator(operator, name, 'corp.example')
    expect((await list()).domains).toMatchObject([{ domain: 'corp.example', verifiedBy: 'operator' }])
    await expect(verifyDomainByOperator(operator, name, 'gmail.com')).rejects.toMatchObject({ code: 'invalid_request' })
    await addNeighbour()
    await expect(verifyDomainByOperator(operator, name, 'taken.example')).rejects.toMatchObject({ code: 'conflict' })
    const { sweep } = await testApp.buildServer('sweeper')
    clock.advance(30 * DAY_MS)
    await sweep()
    const [row] = await operator.domains.list(testApp.organizationId)
    expect(row?.verified_at).not.toBeNull()
  })
}
