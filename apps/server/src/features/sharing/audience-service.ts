import { AppError } from '@graticule/contract'
import { type Audience, decideSharing, NOBODY, type ShareableAsset, type ShareableKind } from '@graticule/policy'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import {
  deleteEnded,
  deleteGrants,
  deleteGrantsTo,
  deleteSuspendedGrants,
  grantToPerson,
  holdGroups,
  holdPeople,
  readSuspendedGrants,
  replaceGrants,
  resumeGrants,
  suspendGrants,
} from './grant-store.ts'

/** The store's clock ends grants; ours may run ahead of it by less than this. */
const KEEP_ENDED_MS = 60 * 60_000

/** Keeps the grants of assets, inside the transactions of those who change assets. */
export class AudienceService {
  readonly #store: Store
  readonly #clock: Clock

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Throws 422 with the rule when an asset of the kind cannot have this audience; if it can, everybody named stays as
   * they are until the transaction ends. Call it before the asset is locked, because people are locked first everywhere.
   */
  async hold(transaction: Store, kind: ShareableKind, organizationId: string, audience: Audience): Promise<void> {
    const people = await holdPeople(transaction, audience.userIds)
    const groups = await holdGroups(transaction, audience.groupIds)
    const decision = decideSharing({
      kind,
      organizationId,
      audience,
      people: people.map((person) => ({
        id: person.id,
        organizationId: person.organization_id,
        name: person.name,
        role: person.role,
        isActive: person.disabled_at === null,
      })),
      groups: groups.map((group) => ({ id: group.id, organizationId: group.organization_id })),
    })
    if (decision.allowed) return
    throw new AppError('rule_violated', decision.reason, { details: { rule: decision.rule } })
  }

  /** Makes this the audience of an asset; it was held before. `by`: the person whose doing it is, if it is anybody's. */
  async replace(
    transaction: Store,
    asset: Pick<ShareableAsset, 'kind' | 'id' | 'organizationId'>,
    audience: Audience,
    by: string | null,
  ): Promise<void> {
    await replaceGrants(transaction, asset, audience, { at: this.#clock.now(), by })
  }

  /** Adds a person, who was held before, to the audience of an asset: for good, or until a time. */
  async add(
    transaction: Store,
    asset: Pick<ShareableAsset, 'kind' | 'id' | 'organizationId'>,
    userId: string,
    expiresAt: Date | null,
    by: string,
  ): Promise<void> {
    await grantToPerson(transaction, asset, userId, expiresAt, { at: this.#clock.now(), by })
  }

  /** Removes grants that ended an hour ago; they have granted nothing since. */
  async sweep(store: Store): Promise<void> {
    await deleteEnded(store, new Date(this.#clock.now().getTime() - KEEP_ENDED_MS))
  }

  /** Forgets the audience of an asset that is being deleted for good. */
  async clear(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
    await deleteGrants(transaction, kind, assetId)
  }

  /** Puts the audience of an asset aside that goes to the trash: from then on nobody has it. */
  async suspend(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
    await suspendGrants(transaction, kind, assetId)
  }

  /** The audience that an asset in the trash had, without those who are gone since. */
  async readSuspended(kind: ShareableKind, id: string, transaction: Store): Promise<Audience> {
    const [audience = NOBODY] = await readSuspendedGrants(transaction, [{ kind, id }], this.#clock.now())
    return audience
  }

  /** The same of many assets at once, in their order. */
  async listSuspended(assets: readonly { readonly kind: ShareableKind; readonly id: string }[]): Promise<Audience[]> {
    return readSuspendedGrants(this.#store, assets, this.#clock.now())
  }

  /** Makes what was put aside the audience of the asset again, each grant with the end that it had; it was held before. */
  async resume(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
    await resumeGrants(transaction, kind, assetId, this.#clock.now())
  }

  async forgetSuspended(transaction: Store, kind: ShareableKind, assetId: string): Promise<void> {
    await deleteSuspendedGrants(transaction, kind, assetId)
  }

  /** Takes somebody who is being deleted out of every audience. */
  async forgetPerson(transaction: Store, userId: string): Promise<void> {
    await deleteGrantsTo(transaction, userId)
  }
}

/** What the log says about an audience: never more than ids, because names change. */
export function describeAudience(audience: Audience): Record<string, unknown> {
  return {
    organization: audience.organization,
    groupIds: [...audience.groupIds],
    userIds: [...audience.userIds],
  }
}
