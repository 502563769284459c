import { DomainService } from '../features/domains/domain-service.ts'
import { DomainStore } from '../features/domains/domain-store.ts'
import { InvitationService } from '../features/invitations/invitation-service.ts'
import { InvitationStore } from '../features/invitations/invitation-store.ts'
import { JoinRequestService } from '../features/join-requests/join-request-service.ts'
import { JoinRequestStore } from '../features/join-requests/join-request-store.ts'
import { OrganizationLifeService } from '../features/organizations/organization-life-service.ts'
import type { DataApis } from './data-apis.ts'
import type { Governance } from './governance.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'
import type { Warehouses } from './warehouses.ts'

/** What `composeJoining` composes. */
export type Joining = ReturnType<typeof composeJoining>

/** How people and organizations come and go. */
export function composeJoining(
  platform: Platform,
  people: People,
  warehouses: Warehouses,
  dataApis: DataApis,
  governance: Governance,
) {
  const { activity, clock, logger, lookUpTxt, mailer, store } = platform
  const { organizationStore, organizations, requirePasswordAllowed, users } = people
  const { connections } = warehouses
  const { jobs } = dataApis
  const { forgetRights } = governance
  const domains = new DomainService({
    domains: new DomainStore(store),
    store,
    organizations,
    users,
    activity,
    clock,
    mailer,
    lookUpTxt: lookUpTxt,
  })
  const invitationStore = new InvitationStore(store)
  const invitations = new InvitationService(invitationStore, store, users, activity, clock, mailer)
  const joinRequests = new JoinRequestService({
    requests: new JoinRequestStore(store),
    store,
    organizations,
    invitations,
    users,
    activity,
    clock,
    mailer,
    domains,
    requirePasswordAllowed,
    onError: (error) => logger.error({ err: error }, 'a link to join could not be made'),
  })
  const organizationLife = new OrganizationLifeService({
    organizations: organizationStore,
    store,
    users,
    activity,
    clock,
    listConnectionIds: (organizationId) => connections.listIdsOf(organizationId),
    onShut: async (organizationId) => {
      forgetRights()
      await jobs.cancelAllOfOrganization(organizationId)
    },
    onDeleted: (connectionIds) => connections.forgetAll(connectionIds),
  })
  return { domains, invitationStore, invitations, joinRequests, organizationLife }
}
