import { PROVIDERS } from '@graticule/warehouses'
import { DecisionService } from '../features/access/decision-service.ts'
import { recordDenial } from '../features/access/record-denial.ts'
import type { PrincipalResolver } from '../features/auth/principal-resolver.ts'
import { ConnectionDirectory } from '../features/connections/connection-directory.ts'
import { NetworkEpochs } from '../features/network/network-epochs.ts'
import { readAllowedHosts } from '../features/network/network-store.ts'
import { PolicyEpochs } from '../platform/cache/policy-epochs.ts'
import { IdempotentRequests } from '../platform/idempotency/idempotent-requests.ts'
import { Outbound } from '../platform/outbound/outbound.ts'
import { readCeiling } from '../platform/outbound/outbound-rules.ts'
import type { AppDependencies } from './app-dependencies.ts'

/** What is composed after these and asked for only when somebody comes. */
interface Later {
  readonly resolver: () => PrincipalResolver
}

/** What `composePlatform` composes. */
export type Platform = ReturnType<typeof composePlatform>

/** What features share that is none: the way out, who refused what, which connections there are. */
export function composePlatform(dependencies: AppDependencies, later: Later) {
  const { config, store, clock, activity, logger, providers = PROVIDERS, lookUpAddresses, secretBox } = dependencies
  const decisions = new DecisionService(
    store,
    clock,
    (error) => logger.warn({ err: error }, 'refusals could not be kept'),
    (refusal, decisionId) => recordDenial(activity, refusal, decisionId),
    ({ rule, reason, requestId }, decisionId) =>
      logger.info({ decisionId, rule, reason, requestId }, 'a visitor was refused'),
  )
  const isHttps = config.publicUrl?.startsWith('https:') ?? false
  const outbound = new Outbound({
    ceiling: readCeiling(config.outbound),
    readAllowedHosts: (organizationId) => readAllowedHosts(store, organizationId),
    lookUpAddresses: lookUpAddresses,
    activity,
    clock,
  })
  const networkEpochs = new NetworkEpochs(store)
  const policyEpochs = new PolicyEpochs(store)
  const forgetPrincipals = () => {
    later.resolver().forget()
    policyEpochs.forget()
  }
  const directory = new ConnectionDirectory(store)
  return {
    ...dependencies,
    providers,
    decisions,
    isHttps,
    outbound,
    networkEpochs,
    policyEpochs,
    forgetPrincipals,
    directory,
    idempotentRequests: new IdempotentRequests(store, secretBox, clock),
  }
}
