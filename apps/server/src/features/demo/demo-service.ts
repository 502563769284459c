import { type MapDocument, ROLES, type Role } from '@graticule/contract'
import { type Audience, NOBODY, WHOLE_ORGANIZATION } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createOrganizationId } from '../../platform/db/ids.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { hashPassword, verifyPassword } from '../auth/password-hash.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { MapService } from '../maps/map-service.ts'
import type { TokenService } from '../tokens/token-service.ts'
import type { UserService } from '../users/user-service.ts'
import { DEMO_CONNECTION } from './demo-connection.ts'
import { readDemoFile, writeDemoFile } from './demo-file.ts'
import { DEMO_SAMPLES, DEMO_VIEW } from './demo-samples.ts'
import { earthquakesMap } from './maps/earthquakes-map.ts'
import { unemploymentMap } from './maps/unemployment-map.ts'

export interface DemoServiceOptions {
  readonly store: Store
  /** Each server on one store has a demo token of its own. */
  readonly serverId: string
  readonly secrets: SecretBox
  readonly users: UserService
  readonly connections: ConnectionService
  readonly tokens: TokenService
  readonly maps: MapService
  readonly activity: ActivityLog
  readonly clock: Clock
}

const ORGANIZATION_NAME = 'Demo'
const TOKEN_NAME = 'Demo token'
/** Where what the demo does to itself stands in the activity log. */
const REQUEST_ID = 'demo'

/** True for an installation that is empty or is a demo already: nobody's own organization gets strangers in it. */
export async function isDemoWanted(store: Store): Promise<boolean> {
  const rows = await store.selectFrom('organizations').select('is_demo').execute()
  return rows.length === 0 || rows.some((row) => row.is_demo)
}

/** The demo organization: people of every role, a connection, a token and two maps, and the file that tells of them. */
export class DemoService {
  readonly #options: DemoServiceOptions

  constructor(options: DemoServiceOptions) {
    this.#options = options
  }

  /**
   * Makes the demo complete and its file true. What a kill cut off is made up for by the next start: each step looks
   * at what is there already. Passwords follow from the server's key, so that a lost file, or a second server on the
   * same store, finds them again instead of setting new ones. A person who has chosen another is left out of the file.
   */
  async prepare(home: string, baseUrl: string): Promise<void> {
    const present = await readDemoFile(home)
    if (present !== null && (await this.#options.tokens.hasIssued(present.apiToken))) {
      if (present.baseUrl !== baseUrl) await writeDemoFile(home, { ...present, baseUrl })
      return
    }
    const organizationId = await this.#ensureOrganization()
    const people = await this.#ensurePeople(organizationId)
    await this.#options.connections.ensureEmbedded(organizationId, DEMO_CONNECTION)
    const publicMapId = await this.#ensureMap(callerOf(organizationId, people), unemploymentMap(), {
      ...NOBODY,
      public: true,
    })
    await this.#ensureMap(callerOf(organizationId, people), earthquakesMap(), WHOLE_ORGANIZATION)
    const apiToken = await this.#renewToken(callerOf(organizationId, people))
    await writeDemoFile(home, {
      baseUrl,
      connection: DEMO_CONNECTION.name,
      apiToken,
      users: people.filter(({ isKnown }) => isKnown).map(({ role, email, password }) => ({ role, email, password })),
      samples: [...DEMO_SAMPLES],
      view: [...DEMO_VIEW],
      publicMapId,
    })
  }

  async #ensureOrganization(): Promise<string> {
    const { store, activity, clock } = this.#options
    const found = await store.selectFrom('organizations').select('id').where('is_demo', '=', true).executeTakeFirst()
    if (found) return found.id
    const id = createOrganizationId()
    await store.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('organizations')
        .values({ id, name: ORGANIZATION_NAME, is_demo: true, created_at: clock.now() })
        .execute()
      await activity.record(transaction, {
        organizationId: id,
        actor: SYSTEM_ACTOR,
        type: 'organization.created',
        assetType: 'organization',
        assetId: id,
        requestId: REQUEST_ID,
      })
    })
    return id
  }

  async #ensurePeople(organizationId: string): Promise<DemoPerson[]> {
    return Promise.all(
      ROLES.map(async (role) => {
        const email = `${role}@demo.example`
        const password = this.#options.secrets.sign('demo-password', `${organizationId}:${email}`).slice(0, 20)
        const person = await this.#ensurePerson({ organizationId, role, email, password })
        return { ...person, email, password }
      }),
    )
  }

  async #ensurePerson(person: { organizationId: string; role: Role; email: string; password: string }) {
    const { store, users, activity, clock } = this.#options
    const { organizationId, role, email } = person
    const namesakes = await users.listActiveByEmail(email)
    const found = namesakes.find((candidate) => candidate.organizationId === organizationId)
    if (found) {
      // Their role may have been changed since, and is not changed back.
      const isKnown = await verifyPassword(found.passwordHash, person.password)
      return { id: found.id, role: found.role, isKnown }
    }
    const passwordHash = await hashPassword(person.password)
    return store.transaction().execute(async (transaction) => {
      const name = `Demo ${role}`
      const createdAt = clock.now()
      const id = await users.add(transaction, { organizationId, email, name, role, passwordHash, createdAt })
      await activity.record(transaction, {
        organizationId,
        actor: SYSTEM_ACTOR,
        type: 'user.created',
        assetType: 'user',
        assetId: id,
        requestId: REQUEST_ID,
        details: { role },
      })
      return { id, role, isKnown: true }
    })
  }

  /** Tokens are stored as hashes only, so one of this server whose text is lost is replaced. */
  async #renewToken(caller: UserCaller): Promise<string> {
    const { tokens, serverId } = this.#options
    const name = `${TOKEN_NAME} ${serverId}`
    const asker = { principal: caller.principal, requestId: REQUEST_ID }
    for (const token of await tokens.list(caller.principal)) {
      if (token.name === name) await tokens.revoke(asker, token.id)
    }
    const created = await tokens.create(asker, {
      name,
      grants: [{ connection_name: DEMO_CONNECTION.name, source: '*' }],
      allowed_apis: ['sql', 'maps'],
    })
    return created.token
  }

  async #ensureMap(caller: UserCaller, document: MapDocument, audience: Audience): Promise<string> {
    const { maps } = this.#options
    const { title } = document
    // Only ids are read from the answers, so the address that links would begin with does not matter.
    const found = (await maps.list(caller, { scope: 'mine', search: title })).maps.find((map) => map.title === title)
    const id = found?.id ?? (await maps.create(caller, { document }, '')).id
    await maps.setAudience(caller, id, audience)
    return id
  }
}

interface DemoPerson {
  readonly id: string
  readonly role: Role
  readonly email: string
  readonly password: string
  /** True when the password is the one that they sign in with. */
  readonly isKnown: boolean
}

/** The demo acts through the same services and rights as the people in it: as whoever still may make things. */
function callerOf(organizationId: string, people: readonly DemoPerson[]): UserCaller {
  const makers: readonly Role[] = ['admin', 'superadmin', 'editor']
  const person = makers.map((role) => people.find((candidate) => candidate.role === role)).find(Boolean)
  if (!person) throw new Error('Nobody of the demo may make maps any more, so its file cannot be written again.')
  return {
    principal: {
      kind: 'user',
      userId: person.id,
      organizationId,
      role: person.role,
      sessionId: REQUEST_ID,
      groupIds: [],
    },
    requestId: REQUEST_ID,
    signal: new AbortController().signal,
  }
}
