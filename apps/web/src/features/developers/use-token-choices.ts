import { listTokenChoices, type TokenChoices } from '@graticule/policy'
import { usePolicies } from '../../shell/use-policy-rule.ts'
import { principalOf, useSession } from '../../shell/use-session.ts'

/** What the organization's policies leave to the signed-in person who makes a token. */
export function useTokenChoices(): TokenChoices {
  const principal = principalOf(useSession())
  return listTokenChoices(usePolicies(), principal, new Date())
}
