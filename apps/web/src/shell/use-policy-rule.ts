import { type Action, canUnder, isOffered, PERMISSIVE_POLICIES } from '@graticule/policy'
import { useQuery } from '@tanstack/react-query'
import { governanceQuery } from '../api/governance.ts'
import { principalOf, useSession } from './use-session.ts'

/** Why the organization's policies forbid the signed-in person what their role allows; undefined when they do not. */
export function usePolicyRule(action: Action): string | undefined {
  const principal = principalOf(useSession())
  const query = useQuery({ ...governanceQuery, enabled: isOffered(principal, 'governance.read') })
  const decision = canUnder(query.data?.policies ?? PERMISSIVE_POLICIES, principal, action)
  return decision.rule.startsWith('governance.') && !decision.allowed ? decision.reason : undefined
}
