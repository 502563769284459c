import { actorOf, SYSTEM_ACTOR } from '../activity/activity-log.ts'
import type { OutboundContext } from '../outbound/outbound.ts'
import type { StatementContext, WarehouseTarget } from './warehouse-target.ts'

/**
 * For whom a socket to a warehouse is opened. Those of a pool serve many people and are opened again by themselves, so
 * that they are nobody's in particular; one that tries what somebody has just entered is theirs.
 */
export function describeSocket({ organizationId }: WarehouseTarget, context: StatementContext): OutboundContext {
  const isTrial = context.purpose === 'connection-test'
  return {
    organizationId,
    actor: isTrial ? actorOf(context.principal) : SYSTEM_ACTOR,
    purpose: 'warehouse',
    requestId: isTrial ? context.requestId : undefined,
    isTrial,
  }
}
