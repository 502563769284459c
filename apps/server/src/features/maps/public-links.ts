import { AppError, type MapUnlock } from '@graticule/contract'
import type { Principal, PublicMapPrincipal } from '@graticule/policy'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createPublicMapToken, readPublicMapToken } from '../../platform/secrets/public-map-token.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import { verifyPassword } from '../auth/password-hash.ts'
import type { MapRecord } from './map-record.ts'
import { findMap } from './map-store.ts'
import type { UnlockLog } from './unlock-log.ts'

const WINDOW_MS = 15 * 60_000
const PURPOSE = 'to open this map'

/**
 * The tokens of public maps (ADR 0009). A password stands before the token and nothing else: whoever has the token reads
 * the map with it, and a password that is set, changed or taken away makes the tokens of before worthless.
 */
export class PublicLinks {
  readonly #store: Store
  readonly #secrets: SecretBox
  readonly #requireOpen: (organizationId: string) => Promise<void>
  readonly #entries: UnlockLog
  readonly #perAddress: AttemptLimit
  /** Slows down those who guess from many addresses. */
  readonly #perMap: AttemptLimit

  constructor(
    store: Store,
    secrets: SecretBox,
    clock: Clock,
    /** Throws `organization_suspended` when nobody can enter the organization. */
    requireOpen: (organizationId: string) => Promise<void>,
    entries: UnlockLog,
  ) {
    this.#entries = entries
    this.#store = store
    this.#secrets = secrets
    this.#requireOpen = requireOpen
    this.#perAddress = new AttemptLimit(
      { policy: 'map-passwords-per-address', maxFailures: 10, windowMs: WINDOW_MS, purpose: PURPOSE },
      clock,
    )
    this.#perMap = new AttemptLimit(
      { policy: 'map-passwords-per-map', maxFailures: 300, windowMs: WINDOW_MS, purpose: PURPOSE },
      clock,
    )
  }

  /** The token of a public map, for whoever may be told it; null while it is not public. */
  tokenFor(principal: Principal, map: MapRecord): string | null {
    if (!map.audience.public) return null
    const hasProved = principal.kind === 'public-map' && principal.mapId === map.id
    return map.hasPassword && !hasProved ? null : this.#tokenOf(map)
  }

  /** The token, for the password; 404 for what is not public, 401 for a wrong one, 429 after too many. */
  async unlock(id: string, password: string, ipAddress: string, requestId: string): Promise<MapUnlock> {
    const map = await findMap(this.#store, id)
    if (!map?.audience.public) throw new AppError('not_found', 'There is no public map at this address.')
    await this.#requireOpen(map.organizationId)
    if (map.passwordHash === null) return { token: this.#tokenOf(map) }
    const key = `${ipAddress} ${id}`
    try {
      this.#perAddress.count(key)
      this.#perMap.count(id)
    } catch (error) {
      this.#entries.note(map, 'too_many_attempts', requestId)
      throw error
    }
    const isRight = await verifyPassword(map.passwordHash, password)
    this.#entries.note(map, isRight ? 'right' : 'wrong_password', requestId)
    if (!isRight) {
      throw new AppError('invalid_credentials', 'This is not the password of the map; ask whoever sent you the link.')
    }
    this.#perAddress.forgive(key)
    this.#perMap.forgiveOne(id)
    return { token: this.#tokenOf(map) }
  }

  /**
   * Who a token of a public map's document is; null for a forgery and once it is worthless. Throws
   * `organization_suspended`.
   */
  async findByToken(token: string): Promise<PublicMapPrincipal | null> {
    const named = readPublicMapToken(this.#secrets, token)
    const map = named === null ? null : await findMap(this.#store, named.mapId)
    if (!map?.audience.public || map.publicTokenVersion !== named?.version) return null
    await this.#requireOpen(map.organizationId)
    return { kind: 'public-map', mapId: map.id, organizationId: map.organizationId }
  }

  #tokenOf(map: MapRecord): string {
    return createPublicMapToken(this.#secrets, map.id, map.publicTokenVersion)
  }
}

/** What is answered where nothing but the password is missing. */
export function passwordRequired(id: string): AppError {
  return new AppError(
    'password_required',
    `This map asks for a password; send it to POST /v3/maps/public/${id}/unlock, and use the token of the answer.`,
  )
}
