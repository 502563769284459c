import { ROLES } from '@graticule/contract'
import { type Action, READ_BY_POST, VIEW_AS_ACTIONS } from './actions.ts'
import { can, type Decision, REFUSED_WHILE_VIEWING } from './can.ts'
import type { PersonFacts } from './people.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { reachOf } from './support.ts'

/** How long somebody looks as somebody else at most, in milliseconds. */
export const VIEW_AS_LASTS_MS = 30 * 60_000

/**
 * Whether this principal may look at the workspace as that person: only as somebody of a weaker role, so that it gives
 * nobody more than they could give themselves. It is decided again with every request.
 */
export function decideViewAs(principal: Principal, person: PersonFacts): Decision {
  const general = can(principal, 'user.view-as')
  if (!general.allowed || principal.kind !== 'user') return general
  const refuse = (rule: string, reason: string): Decision => ({ allowed: false, reason, rule: `view-as.${rule}` })
  if (person.organizationId !== principal.organizationId) {
    return { allowed: false, reason: 'This person belongs to another organization.', rule: 'organization' }
  }
  if (person.id === principal.userId) return refuse('self', 'This is you; choose somebody else to look as.')
  if (!person.isActive) return refuse('inactive', 'This person cannot sign in, so nobody can look as them.')
  if (person.isSupport)
    return refuse('support', 'This is a support person, who is seen to by what the log says of them.')
  if (ROLES.indexOf(person.role) <= ROLES.indexOf(principal.role)) {
    const reason = `Your role (${principal.role}) can only look as somebody of a weaker one; theirs is ${person.role}.`
    return refuse('role', reason)
  }
  return { allowed: true, reason: `Your role (${principal.role}) can look as this person.`, rule: 'view-as' }
}

/** Whether an action is worth offering to somebody at all: it gets somewhere, and they do not merely look. */
export function isOffered(user: Pick<UserPrincipal, 'role' | 'support' | 'viewedBy'>, action: Action): boolean {
  return reachOf(user, action) !== 'none' && (user.viewedBy === undefined || VIEW_AS_ACTIONS.has(action))
}

/** What is known of a request before anything is done for it. */
export interface ViewedRequest {
  readonly method: string
  readonly action: Action | null
  /** Whether visitors may call the route too, so that what it shows is nobody's secret. */
  readonly forVisitors: boolean
  /** What the route says of itself where no action does: `open` shows nothing that is a secret of the person's. */
  readonly viewAs?: 'open' | 'closed'
}

const ONLY_LOOKS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request is let in while somebody looks as somebody else, whatever else is decided about it: it reads, and its
 * route is for visitors too, is about an action that stands in `VIEW_AS_ACTIONS`, or says that it is open.
 */
export function decideWhileViewing({ method, action, forVisitors, viewAs }: ViewedRequest): Decision {
  const isOpen = viewAs === 'open' || (viewAs === undefined && isOnlyReading(method, action, forVisitors))
  return isOpen ? { allowed: true, reason: 'This can be looked at.', rule: 'view-as' } : REFUSED_WHILE_VIEWING
}

function isOnlyReading(method: string, action: Action | null, forVisitors: boolean): boolean {
  if (action === null) return forVisitors && ONLY_LOOKS.has(method)
  return VIEW_AS_ACTIONS.has(action) && (ONLY_LOOKS.has(method) || READ_BY_POST.has(action))
}
