import type { RequestableKind, RequestedAccess } from '@graticule/contract'
import type { Action } from './actions.ts'
import { READ_ACTION } from './asset-kinds.ts'
import { type Decision, refuseByRole } from './can.ts'
import type { UserPrincipal } from './principal.ts'

/** What somebody could do once their request is granted; null for what nobody can be let do. */
export function requestedAction(kind: RequestableKind, wanted: RequestedAccess): Action | null {
  if (wanted === 'open') return READ_ACTION[kind]
  return kind === 'map' ? 'map.update' : null
}

/**
 * Whether somebody of this role could be given what they ask for. It says nothing of any asset, so it may be told of one
 * that they do not know.
 */
export function decideRequestable(principal: UserPrincipal, kind: RequestableKind, wanted: RequestedAccess): Decision {
  const action = requestedAction(kind, wanted)
  if (action === null) {
    const reason = `Only the owner edits a ${kind}; ask them to give it to you, or to change what you need.`
    return { allowed: false, reason, rule: `access-request.${kind}.${wanted}` }
  }
  const allowed = {
    allowed: true as const,
    reason: `Your role (${principal.role}) can be given this.`,
    rule: 'access-request',
  }
  return refuseByRole(principal, action) ?? allowed
}
