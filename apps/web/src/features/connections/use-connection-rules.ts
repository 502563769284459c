import { type Decision, decideMaking, decideProvider, decideSignIn } from '@graticule/policy'
import type { ProviderSummary } from '../../api/connections.ts'
import { usePolicies } from '../../shell/use-policy-rule.ts'
import { principalOf, useSession } from '../../shell/use-session.ts'

/** Why the organization's policies forbid a choice of the form; undefined where they do not. */
export interface ConnectionRules {
  readonly ofProvider: (provider: ProviderSummary) => string | undefined
  /** By the names of the fields that a forbidden way to sign in needs. */
  readonly ofFields: (provider: ProviderSummary, usedNow: readonly string[]) => Readonly<Record<string, string>>
  /** Of leaving every field empty that signs in. */
  readonly ofNoSecret: (provider: ProviderSummary, usedNow: readonly string[]) => string | undefined
  readonly ofSharing: string | undefined
}

/** Decides with the tables by which the server refuses, so that the form can grey out what it would. */
export function useConnectionRules(): ConnectionRules {
  const policies = usePolicies()
  const principal = principalOf(useSession())
  const ofSignIn = (method: ProviderSummary['signInMethods'][number], usedNow: readonly string[]) =>
    // How a connection signs in already it may go on to.
    usedNow.includes(method.id) ? undefined : reasonOf(decideSignIn(policies, principal, [method]))
  return {
    ofProvider: (provider) => reasonOf(decideProvider(policies, principal, provider)),
    ofFields: ({ signInMethods }, usedNow) =>
      Object.fromEntries(
        signInMethods.flatMap((method) => {
          const rule = ofSignIn(method, usedNow)
          return rule === undefined ? [] : method.fields.map((field) => [field, rule])
        }),
      ),
    ofNoSecret: ({ signInMethods }, usedNow) => {
      const method = signInMethods.find(({ fields }) => fields.length === 0)
      return method && ofSignIn(method, usedNow)
    },
    ofSharing: reasonOf(decideMaking(policies, principal, 'connections.share')),
  }
}

function reasonOf({ allowed, reason }: Decision): string | undefined {
  return allowed ? undefined : reason
}
