import type { Migration } from 'kysely/migration'
import * as firstTables from './0001-first-tables.ts'
import * as severalServers from './0002-several-servers.ts'
import * as deletedPeople from './0003-deleted-people.ts'
import * as groupsAndGrants from './0004-groups-and-grants.ts'
import * as seats from './0006-seats.ts'
import * as invitations from './0007-invitations.ts'
import * as identityProviders from './0008-identity-providers.ts'
import * as accessDecisions from './0009-access-decisions.ts'
import * as accessRequests from './0010-access-requests.ts'
import * as workflowsAndApplications from './0011-workflows-and-applications.ts'
import * as trash from './0012-trash.ts'
import * as directoryGroups from './0014-directory-groups.ts'
import * as scim from './0015-scim.ts'
import * as saml from './0016-saml.ts'
import * as joinRequests from './0017-join-requests.ts'
import * as secondFactors from './0018-second-factors.ts'
import * as publishedMaps from './0019-published-maps.ts'
import * as projects from './0020-projects.ts'
import * as library from './0021-library.ts'
import * as supportAccess from './0022-support-access.ts'
import * as governance from './0023-governance.ts'
import * as organizations from './0024-organizations.ts'
import * as accessReport from './0025-access-report.ts'
import * as directories from './0026-directories.ts'
import * as customization from './0027-customization.ts'
import * as viewerCredentials from './0030-viewer-credentials.ts'
import * as connectionOptions from './0031-connection-options.ts'
import * as activityChain from './0032-activity-chain.ts'
import * as namedSources from './0033-named-sources.ts'
import * as connectionPostures from './0034-connection-postures.ts'
import * as networkPolicies from './0035-network-policies.ts'
import * as requestsForAnyAsset from './0036-requests-for-any-asset.ts'
import * as policyEpochs from './0040-policy-epochs.ts'
import * as projectsAndNamedSourcesInTrash from './0041-projects-and-named-sources-in-trash.ts'
import * as verifiedEmails from './0042-verified-emails.ts'
import * as viewerCertificates from './0043-viewer-certificates.ts'
import * as keyRotation from './0044-key-rotation.ts'
import * as publishingLogins from './0045-publishing-logins.ts'
import * as idempotentRequests from './0045b-idempotent-requests.ts'
import * as projectShortcuts from './0050-project-shortcuts.ts'
import * as markers from './0051-markers.ts'
import * as oauthClients from './0056-oauth-clients.ts'
import * as viewerTokens from './0060-viewer-tokens.ts'
import * as sessionTokens from './0061-session-tokens.ts'
import * as tokenPlaces from './0062-token-places.ts'
import * as usage from './0063-usage.ts'
import * as activityDataJobs from './0064-activity-data-jobs.ts'
import * as refreshClients from './0068-refresh-clients.ts'

/** Every migration in order. A released one is never edited; a change is a new line. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-several-servers': severalServers,
  '0003-deleted-people': deletedPeople,
  '0004-groups-and-grants': groupsAndGrants,
  '0006-seats': seats,
  '0007-invitations': invitations,
  '0008-identity-providers': identityProviders,
  '0009-access-decisions': accessDecisions,
  '0010-access-requests': accessRequests,
  '0011-workflows-and-applications': workflowsAndApplications,
  '0012-trash': trash,
  '0014-directory-groups': directoryGroups,
  '0015-scim': scim,
  '0016-saml': saml,
  '0017-join-requests': joinRequests,
  '0018-second-factors': secondFactors,
  '0019-published-maps': publishedMaps,
  '0020-projects': projects,
  '0021-library': library,
  '0022-support-access': supportAccess,
  '0023-governance': governance,
  '0024-organizations': organizations,
  '0025-access-report': accessReport,
  '0026-directories': directories,
  '0027-customization': customization,
  '0030-viewer-credentials': viewerCredentials,
  '0031-connection-options': connectionOptions,
  '0032-activity-chain': activityChain,
  '0033-named-sources': namedSources,
  '0034-connection-postures': connectionPostures,
  '0035-network-policies': networkPolicies,
  '0036-requests-for-any-asset': requestsForAnyAsset,
  '0040-policy-epochs': policyEpochs,
  '0041-projects-and-named-sources-in-trash': projectsAndNamedSourcesInTrash,
  '0042-verified-emails': verifiedEmails,
  '0043-viewer-certificates': viewerCertificates,
  '0044-key-rotation': keyRotation,
  '0045-publishing-logins': publishingLogins,
  '0045b-idempotent-requests': idempotentRequests,
  '0050-project-shortcuts': projectShortcuts,
  '0051-markers': markers,
  '0056-oauth-clients': oauthClients,
  '0060-viewer-tokens': viewerTokens,
  '0061-session-tokens': sessionTokens,
  '0062-token-places': tokenPlaces,
  '0063-usage': usage,
  '0064-activity-data-jobs': activityDataJobs,
  '0068-refresh-clients': refreshClients,
}
