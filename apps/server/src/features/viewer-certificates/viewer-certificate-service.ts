import { AppError, type CertificateRefused, type CertificateSetup, type RefusalRule } from '@graticule/contract'
import { authorize, can, type UserPrincipal } from '@graticule/policy'
import type { CertificateLogins, CertificateRules, Provider } from '@graticule/warehouses'
import { LRUCache } from 'lru-cache'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import type { WarehousePool } from '../../platform/warehouses/warehouse-pool.ts'
import type { WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'
import { type Connection, connectionAsset, limitsOf } from '../connections/connection.ts'
import { placeConfigOf, viewerLoginOf } from '../viewer-credentials/viewer-credential.ts'
import type { CertificateAuthorities } from './certificate-authorities.ts'
import {
  type CertifiableRow,
  isRoleShared,
  listAuthorityIds,
  listCertifiable,
  listCertifiableOf,
} from './certificate-authority-store.ts'
import { certify, MAX_CLOCK_SKEW_MS } from './certify.ts'
import { databaseRoleOf, sharedRolesOf } from './database-role.ts'

/**
 * A certificate is replaced while it holds for longer than clocks may differ, and a statement that got it may still wait
 * for its turn. Its sockets are closed when it is replaced; only what runs finishes.
 */
const RENEWED_BEFORE_END_MS = MAX_CLOCK_SKEW_MS + 60_000
/** A database that refused somebody is not asked again for so long: a map sends many requests at once. */
const REFUSED_MS = 5_000
const MAX_PEOPLE = 10_000

export interface ViewerCertificateServiceOptions {
  readonly store: Store
  readonly pool: WarehousePool
  readonly authorities: CertificateAuthorities
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly findProvider: (providerId: string) => Provider
  /** The connection as its editors have it; throws `not_found` for one that they do not know. */
  readonly findUsable: (principal: UserPrincipal, idOrName: string) => Promise<Connection>
  /** Everybody active of an organization, as they would ask for something themselves. */
  readonly listPeople: (
    organizationId: string,
  ) => Promise<readonly { readonly person: { readonly email: string }; readonly principal: UserPrincipal }[]>
}

/** What a certificate stands for, which must be so as long as anything runs under it. */
interface Certified {
  readonly userId: string
  readonly organizationId: string
  readonly authorityId: string
  /** Names it towards pools and caches. */
  readonly identity: string
  readonly loginName: string
  /** From when no database takes it, whatever its clock says. */
  readonly endsAt: number
}

/** What one person is let in with until it is replaced; never written anywhere. */
interface Held extends Certified {
  readonly certificate: string
  readonly key: Secret<string>
  readonly renewAt: number
}

/**
 * Lets people in at databases with certificates of minutes that are made when they ask for data: for a person who is
 * signed in and may be, for nobody else, and held in memory alone.
 */
export class ViewerCertificateService {
  readonly #options: ViewerCertificateServiceOptions
  readonly #held = new LRUCache<string, Held>({
    max: MAX_PEOPLE,
    dispose: ({ identity }) => this.#options.pool.retireIdentity(identity),
  })
  /** Of those that were replaced too: statements finish under them, and one that waited may still begin. */
  readonly #certified = new Map<string, Certified>()
  readonly #making = new Map<string, Promise<Held>>()
  readonly #refused = new LRUCache<string, AppError>({ max: MAX_PEOPLE, ttl: REFUSED_MS })

  constructor(options: ViewerCertificateServiceOptions) {
    this.#options = options
  }

  /** Where this person's statements go. Throws a refusal of `viewer-certificate.*` when nobody lets them in. */
  async target(connection: Connection, userId: string): Promise<WarehouseTarget> {
    const certificates = this.#certificatesOf(connection)
    const obstacle = certificates.obstacle(connection.config)
    if (obstacle !== null) throw refusal('viewer-certificate.place', `"${connection.name}" cannot be read: ${obstacle}`)
    const held = await this.#hold(userId, connection.organizationId)
    const attempt = `${connection.id}/${connection.credentialVersion}/${held.identity}`
    const refused = this.#refused.get(attempt)
    if (refused !== undefined) throw refused
    const place = placeConfigOf(connection, viewerLoginOf(this.#options.findProvider(connection.providerId)))
    return {
      organizationId: connection.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: connection.providerId,
      databaseIdentity: held.identity,
      credentialVersion: connection.credentialVersion,
      embedded: connection.embedded,
      ...limitsOf(connection.options),
      readConfig: () =>
        certificates.configFor(place, {
          loginName: held.loginName,
          certificate: held.certificate,
          key: held.key.reveal(),
        }),
      onLoginRefused: async (error) => {
        const told = this.#explain(connection, certificates, held, error)
        this.#refused.set(attempt, told)
        return told
      },
    }
  }

  /** The role that a person is let in as, if the database has it so; null when they never get a certificate. */
  async findLoginName(userId: string): Promise<string | null> {
    const [person] = await listCertifiable(this.#options.store, [userId])
    return person === undefined ? null : databaseRoleOf(person.email)
  }

  /** What the administrator of the database sets up for a connection; makes the organization's authority if need be. */
  async setUp({ principal, requestId }: UserCaller, idOrName: string): Promise<CertificateSetup> {
    const { authorities, findUsable, listPeople, store } = this.#options
    const connection = await findUsable(principal, idOrName)
    const asset = connectionAsset(connection)
    authorize(principal, 'connection.update', asset)
    const certificates = this.#certificatesOf(connection)
    const { organizationId } = connection
    const authority = await authorities.ensure({ organizationId, actor: actorOf(principal), requestId })
    const readers = (await listPeople(organizationId)).filter(
      (each) => each.principal.userId !== connection.ownerId && can(each.principal, 'connection.use', asset).allowed,
    )
    // Of everybody, since a line for one of two people would give that one what was meant for the other.
    const shared = sharedRolesOf(await listCertifiableOf(store, organizationId))
    const people = readers.map(({ person: { email }, principal: { userId: subject } }) => {
      const role = databaseRoleOf(email)
      return { email, subject, loginName: role === null || shared.has(role) ? null : role }
    })
    return {
      authority: authority.certificate,
      fingerprint: authority.fingerprint,
      group: certificates.group,
      ...copyRules(certificates.setupFor(connection.config)),
      ident: people.flatMap(({ subject, loginName }) =>
        loginName === null ? [] : [certificates.identLine({ subject, loginName })],
      ),
      unnamed: people.flatMap(({ email, loginName }) => (loginName === null ? [email] : [])),
    }
  }

  /**
   * Ends what runs under certificates of people who may not sign in any more or are called otherwise, or of an authority
   * of before, and closes the sockets of those that are due to be replaced. Called every second or two.
   */
  async endGone(): Promise<void> {
    const { clock, pool, store } = this.#options
    const now = clock.now().getTime()
    for (const held of [...this.#held.values()]) if (held.renewAt <= now) this.#held.delete(held.userId)
    const open = new Set(pool.listPersonalIdentities())
    for (const { endsAt, identity } of [...this.#certified.values()]) {
      if (endsAt <= now && !open.has(identity)) this.#certified.delete(identity)
    }
    const certified = [...this.#certified.values()]
    if (certified.length === 0) return
    const people = await listCertifiable(store, [...new Set(certified.map(({ userId }) => userId))])
    const byId = new Map(people.map((person) => [person.id, person]))
    const organizationIds = new Set(certified.map(({ organizationId }) => organizationId))
    const authorityIds = await listAuthorityIds(store, [...organizationIds])
    for (const each of certified) {
      const person = byId.get(each.userId)
      const isCurrent = this.#held.get(each.userId)?.identity === each.identity
      if (person !== undefined && isStillSo(each, person) && authorityIds.has(each.authorityId)) {
        if (!isCurrent && open.has(each.identity)) pool.retireIdentity(each.identity)
        continue
      }
      if (isCurrent) this.#held.delete(each.userId)
      pool.endIdentity(each.identity, ENDED)
    }
  }

  async #hold(userId: string, organizationId: string): Promise<Held> {
    const held = this.#held.get(userId)
    if (held !== undefined && held.renewAt > this.#options.clock.now().getTime()) return held
    const making = this.#making.get(userId)
    if (making !== undefined) return making
    const made = this.#make(userId, organizationId).finally(() => this.#making.delete(userId))
    this.#making.set(userId, made)
    return made
  }

  async #make(userId: string, organizationId: string): Promise<Held> {
    const { activity, authorities, clock, store } = this.#options
    const [person] = await listCertifiable(store, [userId])
    // Asked at this moment, so that who was let go a moment ago gets none.
    if (person?.organization_id !== organizationId) throw ENDED
    const loginName = databaseRoleOf(person.email)
    if (loginName === null) {
      throw refusal(
        'viewer-certificate.name',
        `Here you read as the database role that is called like your e-mail before the @, and ${person.email} makes no such name; ask an admin to change it.`,
      )
    }
    if (await isRoleShared(store, person, loginName)) {
      throw refusal(
        'viewer-certificate.name',
        `Here you read as the database role that is called like your e-mail before the @, and somebody else of this organization would be "${loginName}" too; ask an admin to change one of the two e-mails, or the owner of the connection to let people in with a login of their own.`,
      )
    }
    const authority = await authorities.open(organizationId)
    if (authority === null) {
      throw refusal(
        'viewer-certificate.authority',
        'This organization has no authority for certificates yet; ask the owner of the connection to open its set-up.',
      )
    }
    const now = clock.now()
    const made = await certify(authority, { commonName: userId, organizationId }, now)
    const certified: Certified = {
      userId,
      organizationId,
      authorityId: authority.id,
      identity: `certificate:${userId}:${made.serialNumber}`,
      loginName,
      endsAt: made.notAfter.getTime() + MAX_CLOCK_SKEW_MS,
    }
    const held: Held = {
      ...certified,
      certificate: made.certificate,
      key: new Secret(made.privateKey),
      renewAt: made.notAfter.getTime() - RENEWED_BEFORE_END_MS,
    }
    this.#certified.set(certified.identity, certified)
    this.#held.set(userId, held)
    activity.enqueue({
      organizationId,
      actor: { kind: 'user', id: userId },
      type: 'viewer-certificate.issued',
      assetType: 'user',
      assetId: userId,
      details: { loginName, serialNumber: made.serialNumber, notAfter: made.notAfter.toISOString() },
    })
    return held
  }

  #certificatesOf({ providerId }: Connection): CertificateLogins {
    return certificatesOf(this.#options.findProvider(providerId))
  }

  #explain(
    { id, name }: Connection,
    certificates: CertificateLogins,
    { loginName, userId: subject }: Held,
    error: AppError,
  ): AppError {
    if (error.details?.step === 'tls') {
      return refusal(
        'viewer-certificate.untrusted',
        `The database of "${name}" does not accept the certificates of this organization; ask its administrator to put the authority's certificate into the file that ssl_ca_file names, and to set its clock right.`,
        { connectionId: id, connectionName: name },
        error,
      )
    }
    const identLine = certificates.identLine({ subject, loginName })
    const details: CertificateRefused = { connectionId: id, connectionName: name, loginName, subject, identLine }
    return refusal(
      'viewer-certificate.refused',
      `The database of "${name}" does not let you in as "${loginName}"; ask its administrator to make that role a member of ${certificates.group} and to add this line to pg_ident.conf: ${identLine}`,
      details,
      error,
    )
  }
}

const ENDED = refusal(
  'viewer-certificate.ended',
  'The certificate that this ran under is not used any more; sign in again if you may.',
)

/** How people are let in by certificates at this provider's warehouses; `rule_violated` where they are not. */
export function certificatesOf({ label, viewerLogin }: Provider): CertificateLogins {
  if (viewerLogin !== null && viewerLogin.certificates !== null) return viewerLogin.certificates
  throw new AppError('rule_violated', `Nobody is let in at ${label} by a certificate.`, {
    details: { rule: 'credential.certificate.provider' },
  })
}

function copyRules({ hba, settings, sql }: CertificateRules) {
  return { hba: [...hba], settings: [...settings], sql: [...sql] }
}

function isStillSo({ loginName, organizationId }: Certified, person: CertifiableRow): boolean {
  return person.organization_id === organizationId && databaseRoleOf(person.email) === loginName
}

function refusal(rule: RefusalRule, sentence: string, details: object = {}, cause?: unknown): AppError {
  return new AppError('forbidden', sentence, { details: { rule, ...details }, cause })
}
