import type { GovernancePolicies } from '@graticule/contract'
import { type Action, can, canUnder, isOffered, PERMISSIVE_POLICIES, warnOfConnections } from '@graticule/policy'
import { useQuery } from '@tanstack/react-query'
import { governanceQuery } from '../api/governance.ts'
import { principalOf, useSession } from './use-session.ts'

/** The policies of the organization; those that forbid nothing until they are known, and for whom they do not bind. */
export function usePolicies(): GovernancePolicies {
  const principal = principalOf(useSession())
  const query = useQuery({ ...governanceQuery, enabled: isOffered(principal, 'governance.read') })
  return query.data?.policies ?? PERMISSIVE_POLICIES
}

/** Why the organization's policies forbid the signed-in person what their role allows; undefined when they do not. */
export function usePolicyRule(action: Action): string | undefined {
  const principal = principalOf(useSession())
  const decision = canUnder(usePolicies(), principal, action)
  return decision.rule.startsWith('governance.') && !decision.allowed ? decision.reason : undefined
}

/**
 * What the signed-in person is told about how many connections there are, where they may add some; undefined when nothing
 * speaks against it. `more` are about to be added.
 */
export function useConnectionWarning(more = 0): string | undefined {
  const principal = principalOf(useSession())
  const query = useQuery({ ...governanceQuery, enabled: isOffered(principal, 'governance.read') })
  if (query.data?.connectionCount === undefined || !can(principal, 'connection.create').allowed) return undefined
  return warnOfConnections(query.data.policies, query.data.connectionCount, more) ?? undefined
}
