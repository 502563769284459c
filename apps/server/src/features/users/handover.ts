import type { UserSummary } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { type ActivityLog, actorOf, type SystemPrincipal } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'

/** Who takes the right to own away: a person, or the system that follows a directory. */
export interface HandoverCaller {
  readonly principal: UserPrincipal | SystemPrincipal
  readonly requestId?: string | undefined
}

/** A person loses the right to own anything, and somebody receives what they owned. */
export interface Handover {
  readonly caller: HandoverCaller
  readonly from: UserSummary
  readonly to: UserSummary
  /** The event of the change that this belongs to. */
  readonly cause: 'user.role-changed' | 'user.deleted'
}

/** What a kind of asset does with those of a person who may own nothing any more. */
export interface OwnedAssets {
  /** Moves them all with their sharing as it is, or ends what cannot be moved, each with its event; says how many. */
  handOver(transaction: Store, handover: Handover): Promise<number>
}

/** An asset that got another owner, with what the log calls it by. */
interface MovedAsset {
  readonly id: string
  readonly organizationId: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Records that assets of one type went from the one person to the other. */
export async function recordHandover(
  activity: ActivityLog,
  transaction: Store,
  assetType: string,
  handover: Handover,
  assets: readonly MovedAsset[],
): Promise<void> {
  const { caller } = handover
  await activity.recordAll(
    transaction,
    assets.map(({ id, organizationId, details }) => ({
      organizationId,
      actor: actorOf(caller.principal),
      type: `${assetType}.transferred`,
      assetType,
      assetId: id,
      requestId: caller.requestId,
      details: { ...details, ...describeHandover(handover) },
    })),
  )
}

/** What the log says about an asset's change of owner. */
export function describeHandover({ from, to, cause }: Handover): Record<string, unknown> {
  return { from: from.email, fromId: from.id, to: to.email, toId: to.id, cause }
}
