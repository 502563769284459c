import {
  emptyMapDocument,
  type FactorAdded,
  type Role,
  type SupportEnabled,
  type TotpEnrolment,
} from '@graticule/contract'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { sql } from 'kysely'
import { TOTP } from 'otpauth'
import type { Mail } from '../../platform/mail/mailer.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { TestApp } from '../create-test-app.ts'
import { SoftwareAuthenticator } from '../software-authenticator.ts'
import { cookieIn } from '../support-guest.ts'
import { MAP_PASSWORD, type MatrixWorld } from './matrix-world.ts'

/** The password of everybody, before they change it. */
export const PASSWORD = 'correct horse battery'

/** What the changes are tried on, and what they leave for those that come after. */
export interface ChangeWorld {
  readonly testApp: TestApp
  readonly world: MatrixWorld
  readonly mails: readonly Mail[]
  /** What a connection form of a real warehouse says. */
  readonly config: Readonly<Record<string, unknown>>
  /** Has DNS show what verifies a domain. */
  showRecord(name: string, value: string): void
  /** By name, what one change leaves for another. */
  readonly kept: Map<string, string>
}

/** A request that changes something, by somebody who may; what it takes beforehand is done beforehand. */
export type Change = (on: ChangeWorld) => Promise<LightMyRequestResponse>

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request of a person of that role. */
function ask(
  { testApp }: ChangeWorld,
  as: Role | undefined,
  method: Method | 'GET',
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  const options: InjectOptions = { method, url, headers, ...(payload && { payload }) }
  return testApp.request({ ...options, ...(as && { as }) })
}

/** A change of one request that takes nothing beforehand. */
function change(as: Role | undefined, method: Method, url: string, payload?: object): Change {
  return (on) => ask(on, as, method, url, payload)
}

/** An export of the only day that is over, in an organization that is as old. */
async function exportYesterday(on: ChangeWorld): Promise<LightMyRequestResponse> {
  const { clock, organizationId, store } = on.testApp
  const yesterday = new Date(clock.now().getTime() - 86_400_000)
  await sql`UPDATE organizations SET created_at = ${yesterday} WHERE id = ${organizationId}`.execute(store)
  const day = yesterday.toISOString().slice(0, 10)
  return ask(on, 'admin', 'POST', '/activity-data-jobs', {
    startDate: day,
    endDate: day,
    categories: ['groupList'],
  })
}

/** A change of something that is made for it, and stands where the address says `*`. */
function changeOf(
  subject: Parameters<MatrixWorld['target']>[0],
  as: Exclude<Role, 'viewer' | 'guest'>,
  method: Method,
  url: string,
  payload?: object | ((id: string) => object),
): Change {
  return async (on) => {
    const isHere = ['group', 'person', 'domain', 'invitation', 'joinRequest', 'provider', 'scimToken'].includes(subject)
    const { id } = await on.world.target(subject, isHere ? 'here' : 'own', as, true)
    return ask(on, as, method, url.replace('*', id), typeof payload === 'function' ? payload(id) : payload)
  }
}

function keep(on: ChangeWorld, name: string, value: string | undefined): void {
  if (value === undefined) throw new Error(`There is no ${name} to keep.`)
  on.kept.set(name, value)
}

function keptOf(on: ChangeWorld, name: string): string {
  const value = on.kept.get(name)
  if (value === undefined) throw new Error(`Nothing kept ${name}.`)
  return value
}

/** A form, as OAuth has it. */
function sendForm(on: ChangeWorld, url: string, fields: Readonly<Record<string, string>>) {
  return on.testApp.app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
}

/** An access token for a fresh machine client of the editor's. */
async function issueToken(on: ChangeWorld) {
  const made = await ask(on, 'editor', 'POST', '/v3/oauth-clients', { kind: 'machine', title: 'A program' })
  const { clientSecret, id } = made.json()
  const credentials = { client_id: id, client_secret: clientSecret }
  return {
    credentials,
    answer: await sendForm(on, '/oauth/token', { ...credentials, grant_type: 'client_credentials' }),
  }
}

/** The editor lets a fresh application act as them. */
async function letIn(on: ChangeWorld) {
  const callback = 'https://example.org/back'
  const made = await ask(on, 'editor', 'POST', '/v3/oauth-clients', {
    kind: 'spa',
    title: 'An app',
    callbackUrls: [callback],
  })
  const clientId: string = made.json().id
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const headers = { host: 'localhost' }
  const begun = await on.testApp.app.inject({ url: `/oauth/authorize?${query}`, headers })
  const step = String(begun.headers.location)
  const session = await on.world.headersOf('editor')
  const cookies = begun.cookies.map(({ name, value }) => `${name}=${value}`)
  const answer = await on.testApp.app.inject({
    method: 'POST',
    url: `${step}/decision`,
    headers: { ...headers, ...session, cookie: [session.cookie, ...cookies].join('; ') },
    payload: { allow: true },
  })
  return { clientId, answer }
}

/** The token of the link that was mailed last to that address. */
function mailedToken({ mails }: ChangeWorld, email: string): string {
  const mail = mails.filter(({ to }) => to === email).at(-1)
  const token = /[#=](gt[a-z]_[\w-]{43})/.exec(mail?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`No link was mailed to ${email}.`)
  return token
}

const byPassword = { proof: { kind: 'password', password: PASSWORD } }

/** The code of an authenticator app in a period that none was used in. */
function nextCode({ testApp }: ChangeWorld, secret: string): string {
  testApp.clock.advance(30_000)
  return new TOTP({ secret }).generate({ timestamp: testApp.clock.now().getTime() })
}

const signIn = (on: ChangeWorld, role: Role) =>
  ask(on, undefined, 'POST', '/auth/sign-in', { email: on.testApp.users[role].email, password: PASSWORD })

/** As somebody who proved their password, and has the second step before them. */
async function half(on: ChangeWorld, role: Role): Promise<Record<string, string>> {
  const answer = await signIn(on, role)
  if (answer.statusCode !== 202) throw new Error(`No second step is asked for: ${answer.statusCode} ${answer.body}`)
  return { cookie: cookieIn(answer, 'graticule_second_step'), 'sec-fetch-site': 'same-origin' }
}

/** Whether everybody must prove a second factor. */
const requireFactor = (on: ChangeWorld, isRequired: boolean) =>
  on.testApp.store.updateTable('organizations').set({ second_factor_required: isRequired }).execute()

async function addPasskey(on: ChangeWorld, role: Role, name: string) {
  const authenticator = new SoftwareAuthenticator('http://localhost')
  const options = (await ask(on, role, 'POST', '/auth/passkeys/options', byPassword)).json()
  const payload = { name, response: authenticator.create(options) }
  return { authenticator, answer: await ask(on, role, 'POST', '/auth/passkeys', payload) }
}

async function mapOf(on: ChangeWorld, role: 'editor' | 'superadmin' = 'editor'): Promise<string> {
  return (await on.world.target('map', 'own', role, true)).id
}

/** A shortcut in a project of the editor to a map of theirs. */
async function addShortcut(on: ChangeWorld) {
  const url = `/v3/projects/${(await on.world.target('project', 'own', 'editor', true)).id}/shortcuts`
  const answer = await ask(on, 'editor', 'POST', url, { kind: 'map', assetId: await mapOf(on) })
  return { answer, url }
}

async function trashedMap(on: ChangeWorld): Promise<string> {
  const id = await mapOf(on)
  await ask(on, 'editor', 'DELETE', `/workspace-api/maps/${id}`)
  return id
}

/** The editor's connection to a real warehouse. */
async function realConnection(on: ChangeWorld, more: object = {}): Promise<string> {
  const name = `real-${on.kept.size}-${Math.random().toString(36).slice(2, 8)}`
  const payload = { name, providerId: 'postgres', config: on.config, privacy: 'shared', ...more }
  const answer = await ask(on, 'editor', 'POST', '/v3/connections', payload)
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return name
}

async function scim(on: ChangeWorld, method: Method, path: string, body?: object): Promise<LightMyRequestResponse> {
  if (!on.kept.has('scim')) {
    const made = await ask(on, 'admin', 'POST', '/workspace-api/scim/tokens', {})
    keep(on, 'scim', made.json().token)
  }
  return on.testApp.request({
    method,
    url: `/scim/v2${path}`,
    token: keptOf(on, 'scim'),
    ...(body && { headers: { 'content-type': 'application/scim+json' }, payload: JSON.stringify(body) }),
  })
}

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
let people = 0

async function scimUser(on: ChangeWorld): Promise<{ id: string; userName: string }> {
  people += 1
  const userName = `person${people}@corp.example`
  const made = await scim(on, 'POST', '/Users', { schemas: [USER], userName, externalId: userName })
  return { id: made.json().id, userName }
}

const scimGroup = async (on: ChangeWorld, displayName: string) =>
  (await scim(on, 'POST', '/Groups', { displayName, members: [] })).json<{ id: string }>().id

const resource = (resourceType: string, id: string) => ({ resourceType, id })

/**
 * How each route that changes something is asked to do so, in this order: what ends the organization comes last. Only
 * those that the table of the access matrix does not make do it already.
 */
export const CHANGES: Readonly<Record<string, Change>> = {
  // Signing in, passwords and second factors
  'POST /auth/sign-in': (on) => signIn(on, 'editor'),
  'POST /auth/password/link': change(undefined, 'POST', '/auth/password/link', { email: 'guest@example.org' }),
  'POST /auth/password/reset': async (on) => {
    const { id, email } = on.testApp.users.guest
    await ask(on, 'admin', 'POST', `/workspace-api/users/${id}/password-link`)
    const payload = { token: mailedToken(on, email), newPassword: 'another long password' }
    return ask(on, undefined, 'POST', '/auth/password/reset', payload)
  },
  'POST /auth/password': change('admin', 'POST', '/auth/password', {
    currentPassword: PASSWORD,
    newPassword: 'another long password',
  }),
  'POST /auth/totp/confirm': async (on) => {
    const { secret } = (await ask(on, 'editor', 'POST', '/auth/totp', byPassword)).json<TotpEnrolment>()
    keep(on, 'totp', secret)
    const answer = await ask(on, 'editor', 'POST', '/auth/totp/confirm', { code: nextCode(on, secret) })
    keep(on, 'recovery', answer.json<FactorAdded>().recoveryCodes?.[0])
    return answer
  },
  'POST /auth/second-step': async (on) => {
    const code = nextCode(on, keptOf(on, 'totp'))
    const headers = await half(on, 'editor')
    return ask(on, undefined, 'POST', '/auth/second-step', { proof: { kind: 'totp', code } }, headers)
  },
  'POST /auth/recovery-codes': change('editor', 'POST', '/auth/recovery-codes', byPassword),
  'POST /auth/totp/remove': change('editor', 'POST', '/auth/totp/remove', byPassword),
  'POST /auth/second-step/totp/confirm': async (on) => {
    await requireFactor(on, true)
    const headers = await half(on, 'editor')
    const { secret } = (await ask(on, undefined, 'POST', '/auth/second-step/totp', undefined, headers)).json()
    const payload = { code: nextCode(on, secret) }
    const answer = await ask(on, undefined, 'POST', '/auth/second-step/totp/confirm', payload, headers)
    await requireFactor(on, false)
    await ask(on, 'editor', 'POST', '/auth/totp/remove', byPassword)
    return answer
  },
  'POST /auth/second-step/passkeys': async (on) => {
    await requireFactor(on, true)
    const headers = await half(on, 'editor')
    const options = await ask(on, undefined, 'POST', '/auth/second-step/passkeys/options', undefined, headers)
    const payload = { name: 'Laptop', response: new SoftwareAuthenticator('http://localhost').create(options.json()) }
    const answer = await ask(on, undefined, 'POST', '/auth/second-step/passkeys', payload, headers)
    await requireFactor(on, false)
    await on.testApp.store.deleteFrom('passkeys').execute()
    return answer
  },
  'POST /auth/passkeys': async (on) => (await addPasskey(on, 'editor', 'Phone')).answer,
  'POST /auth/sign-in/passkey': async (on) => {
    const { authenticator } = await addPasskey(on, 'editor', 'Key')
    const options = (await ask(on, undefined, 'POST', '/auth/sign-in/passkey/options')).json()
    const response = authenticator.use(options, on.testApp.users.editor.id)
    return ask(on, undefined, 'POST', '/auth/sign-in/passkey', { response })
  },
  'PATCH /auth/passkeys/:id': async (on) => {
    const { authenticator } = await addPasskey(on, 'editor', 'Before')
    return ask(on, 'editor', 'PATCH', `/auth/passkeys/${authenticator.credentialId}`, { name: 'After' })
  },
  'POST /auth/passkeys/:id/remove': async (on) => {
    const { authenticator } = await addPasskey(on, 'editor', 'Lost')
    const answer = await ask(on, 'editor', 'POST', `/auth/passkeys/${authenticator.credentialId}/remove`, byPassword)
    await on.testApp.store.deleteFrom('passkeys').execute()
    return answer
  },
  'PATCH /workspace-api/profile': change('viewer', 'PATCH', '/workspace-api/profile', { name: 'Another name' }),
  'DELETE /auth/view-as': async (on) => {
    const cookie = await on.testApp.signIn('admin')
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    await ask(on, undefined, 'POST', '/auth/view-as', { userId: on.testApp.users.viewer.id }, headers)
    return ask(on, undefined, 'DELETE', '/auth/view-as', undefined, headers)
  },

  // People and groups
  'POST /workspace-api/users/batch/role': changeOf(
    'person',
    'admin',
    'POST',
    '/workspace-api/users/batch/role',
    (id) => ({
      userIds: [id],
      role: 'viewer',
    }),
  ),
  'POST /workspace-api/users/batch/delete': changeOf(
    'person',
    'admin',
    'POST',
    '/workspace-api/users/batch/delete',
    (id) => ({
      userIds: [id],
    }),
  ),
  'POST /workspace-api/invitations': change('admin', 'POST', '/workspace-api/invitations', {
    emails: ['nina@example.org'],
    role: 'viewer',
  }),
  'POST /auth/invitation': (on) =>
    ask(on, undefined, 'POST', '/auth/invitation', {
      token: mailedToken(on, 'nina@example.org'),
      name: 'Nina',
      password: PASSWORD,
    }),
  'POST /workspace-api/groups': change('admin', 'POST', '/workspace-api/groups', { name: 'Field' }),
  'POST /workspace-api/groups/:id/members': async (on) => {
    const { id } = await on.world.target('group', 'here', 'admin', true)
    const person = await on.world.target('person', 'here', 'admin', true)
    return ask(on, 'admin', 'POST', `/workspace-api/groups/${id}/members`, { userIds: [person.id] })
  },
  'PUT /workspace-api/join-requests/settings': change('admin', 'PUT', '/workspace-api/join-requests/settings', {
    open: true,
  }),
  'POST /auth/join-requests': (on) =>
    ask(on, undefined, 'POST', '/auth/join-requests', {
      organizationId: on.testApp.organizationId,
      email: 'olga@example.org',
      name: 'Olga',
    }),
  'POST /workspace-api/domains': change('admin', 'POST', '/workspace-api/domains', { domain: 'corp.example' }),
  'POST /workspace-api/domains/:id/verify': async (on) => {
    const { id, record } = (await ask(on, 'admin', 'POST', '/workspace-api/domains', { domain: 'our.example' })).json()
    on.showRecord(record.name, record.value)
    return ask(on, 'admin', 'POST', `/workspace-api/domains/${id}/verify`)
  },
  'PUT /workspace-api/domains/auto-join': change('admin', 'PUT', '/workspace-api/domains/auto-join', {
    autoJoin: true,
  }),

  // Support access: there is one grant at a time, and the one that is there ends first.
  'POST /workspace-api/support-access/:id/revoke': async (on) => {
    const { grants } = (await ask(on, 'admin', 'GET', '/workspace-api/support-access')).json()
    const active = grants.find(({ state }: { state: string }) => state === 'active')
    const payload = { receiverId: on.testApp.users.admin.id }
    return ask(on, 'admin', 'POST', `/workspace-api/support-access/${active.id}/revoke`, payload)
  },
  'POST /workspace-api/support-access': async (on) => {
    const payload = { days: 1, role: 'admin', reason: 'A map', emails: ['sid@vendor.example'], consent: true }
    const answer = await ask(on, 'admin', 'POST', '/workspace-api/support-access', payload)
    const { grant } = answer.json<SupportEnabled>()
    keep(on, 'grant', grant.id)
    keep(on, 'guest', grant.people[0]?.id)
    return answer
  },
  'POST /auth/sign-in/link': async (on) => {
    const token = createRandomToken('gtl_')
    await on.testApp.store
      .insertInto('sign_in_links')
      .values({
        token_hash: hashToken(token),
        user_id: on.testApp.users.editor.id,
        purpose: 'sign-in',
        expires_at: new Date(on.testApp.clock.now().getTime() + 60_000),
      })
      .execute()
    return ask(on, undefined, 'POST', '/auth/sign-in/link', { token })
  },
  'POST /workspace-api/support-access/:id/people/:personId/link': (on) =>
    ask(on, 'admin', 'POST', `/workspace-api/support-access/${keptOf(on, 'grant')}/people/${keptOf(on, 'guest')}/link`),

  // Identity providers, roles and directories
  'PUT /workspace-api/role-mapping': async (on) => {
    const custodianId = on.testApp.users.superadmin.id
    const payload = { enabled: false, defaultRole: 'viewer', custodianId, roles: [] }
    const plan = (await ask(on, 'superadmin', 'POST', '/workspace-api/role-mapping/plan', payload)).json()
    return ask(on, 'superadmin', 'PUT', '/workspace-api/role-mapping', { ...payload, planVersion: plan.version })
  },
  'PUT /workspace-api/scim': async (on) => {
    const { id } = await on.world.target('provider', 'here', 'admin', true)
    return ask(on, 'admin', 'PUT', '/workspace-api/scim', { providerId: id, emailsVerified: true })
  },
  'POST /scim/v2/Users': (on) =>
    scim(on, 'POST', '/Users', { schemas: [USER], userName: 'first@corp.example', externalId: 'first' }),
  'PUT /scim/v2/Users/:id': async (on) => {
    const { id, userName } = await scimUser(on)
    const name = { formatted: 'Somebody Else' }
    return scim(on, 'PUT', `/Users/${id}`, { schemas: [USER], userName, externalId: userName, name })
  },
  'PATCH /scim/v2/Users/:id': async (on) => {
    const { id } = await scimUser(on)
    const Operations = [{ op: 'replace', path: 'active', value: false }]
    return scim(on, 'PATCH', `/Users/${id}`, { schemas: [PATCH], Operations })
  },
  'DELETE /scim/v2/Users/:id': async (on) => scim(on, 'DELETE', `/Users/${(await scimUser(on)).id}`),
  'POST /scim/v2/Groups': (on) => scim(on, 'POST', '/Groups', { displayName: 'Makers', members: [] }),
  'PUT /scim/v2/Groups/:id': async (on) =>
    scim(on, 'PUT', `/Groups/${await scimGroup(on, 'One')}`, { displayName: 'Other', members: [] }),
  'PATCH /scim/v2/Groups/:id': async (on) => {
    const [id, person] = [await scimGroup(on, 'Two'), await scimUser(on)]
    const Operations = [{ op: 'add', path: 'members', value: [{ value: person.id }] }]
    return scim(on, 'PATCH', `/Groups/${id}`, { schemas: [PATCH], Operations })
  },
  'DELETE /scim/v2/Groups/:id': async (on) => scim(on, 'DELETE', `/Groups/${await scimGroup(on, 'Three')}`),

  // The organization
  'PATCH /workspace-api/organization': change('admin', 'PATCH', '/workspace-api/organization', { name: 'Renamed' }),
  'POST /workspace-api/settings/apply': async (on) => {
    const { text, revisions } = (await ask(on, 'admin', 'GET', '/workspace-api/settings')).json()
    const changed = String(text).replace('Renamed', 'Renamed by a document')
    return ask(on, 'admin', 'POST', '/workspace-api/settings/apply', { text: changed, base: revisions })
  },
  'PATCH /workspace-api/organization/governance': async (on) => {
    const url = '/workspace-api/organization/governance'
    const { revision } = (await ask(on, 'admin', 'GET', url)).json()
    return ask(on, 'admin', 'PATCH', url, { revision, policies: { 'exports.files': 'admins' } })
  },
  'POST /v3/maps/public/:id/unlock': async ({ testApp, world }) => {
    const { id } = await world.target('map', 'locked', 'anonymous', true)
    const payload = { password: MAP_PASSWORD }
    return testApp.request({ method: 'POST', url: `/v3/maps/public/${id}/unlock`, payload })
  },
  'PUT /workspace-api/organization/network': async (on) => {
    const url = '/workspace-api/organization/network'
    const { revision } = (await ask(on, 'admin', 'GET', url)).json()
    return ask(on, 'admin', 'PUT', url, { revision, allowedHosts: ['127.0.0.1', 'localhost'] })
  },
  'POST /activity-data-jobs': exportYesterday,
  'DELETE /activity-data-jobs/:id/cancel': async (on) => {
    const { jobId } = (await exportYesterday(on)).json()
    return ask(on, 'admin', 'DELETE', `/activity-data-jobs/${jobId}/cancel`)
  },
  'PUT /workspace-api/organization/usage-limits': async (on) => {
    const { revision } = (await ask(on, 'admin', 'GET', '/v3/usage')).json()
    const body = { revision, yearlyUnits: 1_000, resetsOn: '06-30', limits: [] }
    return ask(on, 'admin', 'PUT', '/workspace-api/organization/usage-limits', body)
  },
  'POST /v3/access/grants/revoke': async (on) => {
    const id = await mapOf(on)
    await ask(on, 'editor', 'PUT', `/workspace-api/maps/${id}/sharing`, { privacy: 'shared' })
    return ask(on, 'editor', 'POST', '/v3/access/grants/revoke', { kind: 'map', id, audience: 'organization' })
  },

  // Requests for access
  'POST /workspace-api/access-requests': async (on) => {
    const { id } = await on.world.target('map', 'private', 'editor', true)
    return ask(on, 'viewer', 'POST', '/workspace-api/access-requests', { kind: 'map', id })
  },

  // Maps
  'POST /workspace-api/maps': change('editor', 'POST', '/workspace-api/maps', { title: 'New' }),
  'POST /workspace-api/maps/:id/privacy': changeOf('map', 'editor', 'POST', '/workspace-api/maps/*/privacy', {
    privacy: 'shared',
  }),
  'PUT /workspace-api/maps/:idOrName/sharing': changeOf('map', 'editor', 'PUT', '/workspace-api/maps/*/sharing', {
    privacy: 'shared',
  }),
  'POST /workspace-api/maps/:id/publish': async (on) => {
    const id = await mapOf(on)
    const url = `/workspace-api/maps/${id}`
    await ask(on, 'editor', 'PUT', `${url}/sharing`, { privacy: 'shared' })
    const saved = await ask(on, 'editor', 'PATCH', url, { revision: 1, document: emptyMapDocument('Draft') })
    return ask(on, 'editor', 'POST', `${url}/publish`, { revision: saved.json().revision })
  },
  'PATCH /workspace-api/maps/:id/sharing-options': async (on) => {
    const id = await mapOf(on)
    const url = `/workspace-api/maps/${id}`
    await ask(on, 'editor', 'PUT', `${url}/sharing`, { privacy: 'shared' })
    return ask(on, 'editor', 'PATCH', `${url}/sharing-options`, { discoverable: false })
  },
  'DELETE /workspace-api/maps/:id/favourite': async (on) => {
    const id = await mapOf(on)
    await ask(on, 'editor', 'PUT', `/workspace-api/maps/${id}/favourite`)
    return ask(on, 'editor', 'DELETE', `/workspace-api/maps/${id}/favourite`)
  },

  // Connections
  'POST /v3/connections': (on) =>
    ask(on, 'editor', 'POST', '/v3/connections', { name: 'new', providerId: 'postgres', config: on.config }),
  'PATCH /v3/connections/:idOrName': changeOf('connection', 'editor', 'PATCH', '/v3/connections/*', (id) => ({
    name: `Renamed ${id}`.toLowerCase().replaceAll(' ', '-'),
  })),
  'PUT /v3/connections/:idOrName/sharing': changeOf('connection', 'editor', 'PUT', '/v3/connections/*/sharing', {
    privacy: 'shared',
  }),
  'DELETE /v3/connections/:idOrName/bookmark': async (on) => {
    const { id } = await on.world.target('connection', 'own', 'editor', true)
    await ask(on, 'editor', 'PUT', `/v3/connections/${id}/bookmark`)
    return ask(on, 'editor', 'DELETE', `/v3/connections/${id}/bookmark`)
  },
  'PUT /v3/connections/:idOrName/my-credentials': async (on) => {
    const name = await realConnection(on, { credentialPolicy: 'viewer', postureReason: 'It is a test.' })
    keep(on, 'personal', name)
    const login = { user: String(on.config.user), password: String(on.config.password) }
    return ask(on, 'viewer', 'PUT', `/v3/connections/${name}/my-credentials`, { login })
  },
  'DELETE /v3/connections/:idOrName/my-credentials': (on) =>
    ask(on, 'viewer', 'DELETE', `/v3/connections/${keptOf(on, 'personal')}/my-credentials`),
  'POST /v3/connections/:idOrName/publishing-logins': async (on) => {
    const name = await realConnection(on)
    keep(on, 'published', name)
    const login = { user: String(on.config.user), password: String(on.config.password) }
    const payload = { name: 'Public', login, reason: 'It is a test.' }
    const answer = await ask(on, 'editor', 'POST', `/v3/connections/${name}/publishing-logins`, payload)
    keep(on, 'login', answer.json().logins?.[0]?.id)
    return answer
  },
  'PATCH /v3/connections/:idOrName/publishing-logins/:loginId': (on) =>
    ask(on, 'editor', 'PATCH', `/v3/connections/${keptOf(on, 'published')}/publishing-logins/${keptOf(on, 'login')}`, {
      name: 'Open',
    }),
  'DELETE /v3/connections/:idOrName/publishing-logins/:loginId': (on) =>
    ask(on, 'editor', 'DELETE', `/v3/connections/${keptOf(on, 'published')}/publishing-logins/${keptOf(on, 'login')}`),

  // Workflows and applications
  'POST /workspace-api/workflows': change('editor', 'POST', '/workspace-api/workflows', { title: 'New' }),
  'PUT /workspace-api/workflows/:idOrName/sharing': changeOf(
    'workflow',
    'editor',
    'PUT',
    '/workspace-api/workflows/*/sharing',
    { privacy: 'shared' },
  ),
  'DELETE /workspace-api/workflows/:id/favourite': async (on) => {
    const { id } = await on.world.target('workflow', 'own', 'editor', true)
    await ask(on, 'editor', 'PUT', `/workspace-api/workflows/${id}/favourite`)
    return ask(on, 'editor', 'DELETE', `/workspace-api/workflows/${id}/favourite`)
  },
  'POST /workspace-api/applications': change('editor', 'POST', '/workspace-api/applications', {
    name: 'New',
    url: 'https://application.example',
  }),
  'PUT /workspace-api/applications/:idOrName/sharing': changeOf(
    'application',
    'editor',
    'PUT',
    '/workspace-api/applications/*/sharing',
    { privacy: 'shared' },
  ),
  'DELETE /workspace-api/applications/:id/favourite': async (on) => {
    const { id } = await on.world.target('application', 'own', 'editor', true)
    await ask(on, 'editor', 'PUT', `/workspace-api/applications/${id}/favourite`)
    return ask(on, 'editor', 'DELETE', `/workspace-api/applications/${id}/favourite`)
  },

  // Projects
  'POST /v3/projects': change('editor', 'POST', '/v3/projects', { name: 'New' }),
  'POST /v3/projects/move': async (on) => {
    const project = await on.world.target('project', 'own', 'editor', true)
    const items = [{ kind: 'map', id: await mapOf(on) }]
    return ask(on, 'editor', 'POST', '/v3/projects/move', { projectId: project.id, items })
  },
  'POST /v3/projects/:id/shortcuts': async (on) => (await addShortcut(on)).answer,
  'PATCH /v3/projects/:id/shortcuts/:shortcutId': async (on) => {
    const { answer, url } = await addShortcut(on)
    const to = await on.world.target('project', 'own', 'editor', true)
    return ask(on, 'editor', 'PATCH', `${url}/${answer.json().id}`, { projectId: to.id })
  },
  'DELETE /v3/projects/:id/shortcuts/:shortcutId': async (on) => {
    const { answer, url } = await addShortcut(on)
    return ask(on, 'editor', 'DELETE', `${url}/${answer.json().id}`)
  },
  'PUT /v3/projects/:idOrName/sharing': changeOf('project', 'editor', 'PUT', '/v3/projects/*/sharing', {
    privacy: 'shared',
  }),

  // Programs
  'POST /v3/named-sources': async (on) =>
    ask(on, 'editor', 'POST', '/v3/named-sources', {
      name: 'new-source',
      connection_name: await realConnection(on),
      source: 'SELECT 1 AS one',
    }),
  'POST /v3/oauth-clients': async (on) =>
    ask(on, 'editor', 'POST', '/v3/oauth-clients', { kind: 'machine', title: 'New' }),
  'POST /oauth/interaction/:uid/decision': async (on) => (await letIn(on)).answer,
  'DELETE /workspace-api/app-access/:clientId': async (on) => {
    const { clientId } = await letIn(on)
    return ask(on, 'editor', 'DELETE', `/workspace-api/app-access/${clientId}`)
  },
  'POST /oauth/token': async (on) => (await issueToken(on)).answer,
  'POST /oauth/revoke': async (on) => {
    const { answer, credentials } = await issueToken(on)
    return sendForm(on, '/oauth/revoke', { ...credentials, token: answer.json().access_token })
  },
  'POST /v3/tokens': async (on) =>
    ask(on, 'editor', 'POST', '/v3/tokens', {
      name: 'New',
      grants: [{ connection_name: await realConnection(on), source: '*' }],
      allowed_apis: ['maps'],
    }),
  'DELETE /v3/sql/:connection/job/:id': async (on) => {
    const name = await realConnection(on)
    const made = await ask(on, 'editor', 'POST', `/v3/sql/${name}/job`, { query: 'SELECT pg_sleep(60)' })
    const { externalId, id } = made.json()
    return ask(on, 'editor', 'DELETE', `/v3/sql/${name}/job/${externalId ?? id}`)
  },

  // Many at once, and the trash
  'POST /v3/accounts/resources/delete-batch': async (on) =>
    ask(on, 'superadmin', 'POST', '/v3/accounts/resources/delete-batch', {
      resources: [resource('map', await mapOf(on))],
    }),
  'POST /v3/accounts/resources/transfer': async (on) =>
    ask(on, 'superadmin', 'POST', '/v3/accounts/resources/transfer', {
      receiverUserId: on.testApp.users.admin.id,
      resources: [resource('map', await mapOf(on))],
    }),
  'POST /workspace-api/batch/delete': async (on) =>
    ask(on, 'editor', 'POST', '/workspace-api/batch/delete', { resources: [resource('map', await mapOf(on))] }),
  'POST /workspace-api/batch/share': async (on) =>
    ask(on, 'editor', 'POST', '/workspace-api/batch/share', {
      resources: [resource('map', await mapOf(on))],
      audience: { privacy: 'shared' },
    }),
  'POST /workspace-api/batch/tag': async (on) =>
    ask(on, 'editor', 'POST', '/workspace-api/batch/tag', {
      resources: [resource('map', await mapOf(on))],
      add: ['plans'],
    }),
  'POST /workspace-api/trash/:kind/:id/restore': async (on) =>
    ask(on, 'editor', 'POST', `/workspace-api/trash/map/${await trashedMap(on)}/restore`, { sharing: 'private' }),
  'DELETE /workspace-api/trash/:kind/:id': async (on) =>
    ask(on, 'editor', 'DELETE', `/workspace-api/trash/map/${await trashedMap(on)}`),

  // Another organization, and the end of this one
  'POST /auth/setup': async (on) => {
    const payload = { organizationName: 'Meridian', email: 'edda@example.com' }
    await ask(on, undefined, 'POST', '/auth/organization-creation', payload)
    const token = mailedToken(on, 'edda@example.com')
    return ask(on, undefined, 'POST', '/auth/setup', { token, ...payload, name: 'Edda', password: PASSWORD })
  },
  // It ends the sessions of all but the superadmin.
  'PUT /workspace-api/sso-enforcement': async (on) => {
    const { id } = await on.world.target('provider', 'here', 'admin', true)
    const row = { enabled: true, tested_at: on.testApp.clock.now() }
    await on.testApp.store.updateTable('identity_providers').set(row).where('id', '=', id).execute()
    await on.testApp.giveSecondFactor('superadmin')
    const payload = { enforced: true, guestsExempt: true, breakGlassUserId: on.testApp.users.superadmin.id }
    return ask(on, 'superadmin', 'PUT', '/workspace-api/sso-enforcement', payload)
  },
  'POST /workspace-api/organization/suspend': change('superadmin', 'POST', '/workspace-api/organization/suspend', {
    name: 'Renamed by a document',
  }),
  'POST /workspace-api/organization/delete': async (on) => {
    await on.testApp.store.updateTable('organizations').set({ suspended_at: null }).execute()
    const payload = { name: 'Renamed by a document' }
    const headers = { cookie: await on.testApp.signIn('superadmin'), 'sec-fetch-site': 'same-origin' }
    return ask(on, undefined, 'POST', '/workspace-api/organization/delete', payload, headers)
  },
}
