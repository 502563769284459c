import { readRefusal } from '../features/access/read-refusal.ts'
import { registerDomainRoutes } from '../features/domains/domain-routes.ts'
import { registerGovernanceRoutes } from '../features/governance/governance-routes.ts'
import { registerGroupRoutes } from '../features/groups/group-routes.ts'
import { InvitationAcceptance } from '../features/invitations/invitation-acceptance.ts'
import { registerInvitationRoutes } from '../features/invitations/invitation-routes.ts'
import { registerJoinRequestRoutes } from '../features/join-requests/join-request-routes.ts'
import { registerNetworkRoutes } from '../features/network/network-routes.ts'
import { registerOrganizationRoutes } from '../features/organizations/organization-routes.ts'
import { registerOutboxRoutes } from '../features/outbox/outbox-routes.ts'
import { OutboxService } from '../features/outbox/outbox-service.ts'
import { registerRoleMappingRoutes } from '../features/role-mapping/role-mapping-routes.ts'
import { registerScimRoutes } from '../features/scim/scim-routes.ts'
import { registerScimSettingsRoutes } from '../features/scim/scim-settings-routes.ts'
import { registerSupportAccessRoutes } from '../features/support-access/support-access-routes.ts'
import { registerUsageRoutes } from '../features/usage/usage-routes.ts'
import { UserBatchService } from '../features/users/user-batch-service.ts'
import { registerUserRoutes } from '../features/users/user-routes.ts'
import type { RegisterRoutes } from './services.ts'

/** The people and the rules of an organization. */
export const ORGANIZATION_ROUTES: readonly RegisterRoutes[] = [
  (app, { userChanges, users }) => registerUserRoutes(app, users, userChanges, new UserBatchService(userChanges)),
  (app, { config, supportAccess }) => registerSupportAccessRoutes(app, supportAccess, config),
  (
    app,
    {
      activity,
      clock,
      config,
      domains,
      gate,
      invitationStore,
      invitationTaking,
      invitations,
      requirePasswordAllowed,
      store,
      users,
    },
  ) =>
    registerInvitationRoutes(
      app,
      invitations,
      new InvitationAcceptance(
        invitationStore,
        invitationTaking,
        store,
        users,
        gate,
        activity,
        clock,
        requirePasswordAllowed,
        domains.requireAutoJoin.bind(domains),
      ),
      config,
    ),
  (app, { domains, organizations }) => registerDomainRoutes(app, domains, organizations),
  (app, { config, joinRequests, organizations }) => registerJoinRequestRoutes(app, joinRequests, organizations, config),
  (app, { mailer }) => registerOutboxRoutes(app, new OutboxService(mailer)),
  (app, { config, organizationLife, organizations }) =>
    registerOrganizationRoutes(app, organizations, organizationLife, config),
  (app, { governance }) => registerGovernanceRoutes(app, governance),
  (app, { network }) => registerNetworkRoutes(app, network),
  (app, { usage }) => registerUsageRoutes(app, usage),
  (app, { groups }) => registerGroupRoutes(app, groups),
  (app, { roleMapping }) => registerRoleMappingRoutes(app, roleMapping),
  (app, { config, scimSettings }) => registerScimSettingsRoutes(app, scimSettings, config),
  (app, { activity, config, decisions, scimGroups, scimSettings, scimUsers }) =>
    registerScimRoutes(
      app,
      {
        users: scimUsers,
        groups: scimGroups,
        settings: scimSettings,
        activity,
        noteRefusal: (request, error) => decisions.note(readRefusal(request, error)),
      },
      config,
    ),
]
