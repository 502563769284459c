import type { SessionInfo } from '@graticule/contract'
import { type Action, can, type Decision, isOffered, type UserPrincipal } from '@graticule/policy'
import { useRouteContext } from '@tanstack/react-router'
import { useMemo } from 'react'

/** Who is signed in. Only for pages below the signed-in route. */
export function useSession(): SessionInfo {
  return useRouteContext({ from: '/signed-in', select: (context) => context.session })
}

/** The signed-in person as the policy package knows them. */
export function principalOf(session: SessionInfo): UserPrincipal {
  return {
    kind: 'user',
    // Only what a role may do at all is decided here; what is shared with whom is for the server.
    groupIds: [],
    userId: session.user.id,
    organizationId: session.organization.id,
    role: session.user.role,
    sessionId: '',
    // The web app knows who really looks by their name alone, and decides nothing by who they are.
    ...(session.viewedBy && { viewedBy: { userId: '' } }),
    ...(session.support && {
      support: { grantId: session.support.grantId, endsAt: new Date(session.support.endsAt) },
    }),
  }
}

/** Whether the signed-in person's role allows an action that is about no single asset, with the reason. */
export function useCan(action: Action): Decision {
  const session = useSession()
  return useMemo(() => can(principalOf(session), action), [session, action])
}

/** Whether the signed-in person can do something to at least some assets; decides which parts of a page exist. */
export function useRoleReaches(action: Action): boolean {
  return isOffered(principalOf(useSession()), action)
}
