import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Refusal } from './decision-service.ts'

/** Queues the event of a refusal; the sentence that went back stays with the decision that it names. */
export function recordDenial(activity: ActivityLog, refusal: Refusal, decisionId: string): void {
  const { action, method, principal, requestId, route, rule, target } = refusal
  if (principal.kind === 'anonymous') return
  activity.enqueue({
    organizationId: principal.organizationId,
    actor: actorOf(principal),
    type: 'access.denied',
    requestId,
    outcome: 'denied',
    reasonCode: rule,
    decisionId,
    // What was named may not be there, or be none of theirs: it is told, and is no asset of the event.
    details: { action, route: `${method} ${route}`, ...(target !== null && { target }) },
  })
}
