import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  Outlet,
  redirect,
  useParams,
  useSearch,
} from '@tanstack/react-router'
import { lazy } from 'react'
import { ApiError } from '../api/api-error.ts'
import { parseApplicationsSearch } from '../features/applications/applications-search.ts'
import { parseTableSearch } from '../features/data/table-search.ts'
import { parseJoinSearch } from '../features/join/join-search.ts'
import { parseMapsSearch } from '../features/maps/maps-search.ts'
import { parseProjectsSearch } from '../features/projects/projects-search.ts'
import { parseReportSearch, parseUnusedSearch } from '../features/settings/access-report/report-search.ts'
import { parseActivitySearch } from '../features/settings/activity-search.ts'
import { parseAssetsSearch } from '../features/settings/assets/assets-search.ts'
import { parseGroupsSearch } from '../features/settings/groups/groups-search.ts'
import { parseInvitationsSearch } from '../features/settings/invitations/invitations-search.ts'
import { parseSingleSignOnSearch } from '../features/settings/single-sign-on/single-sign-on-search.ts'
import { parseUsageSearch } from '../features/settings/usage/usage-search.ts'
import { parseUsersSearch } from '../features/settings/users/users-search.ts'
import { parseSetupSearch } from '../features/setup/setup-search.ts'
import { parseDirectorySearch } from '../features/sign-in/directory-search.ts'
import { parseSignInSearch } from '../features/sign-in/sign-in-search.ts'
import { parseWorkflowsSearch } from '../features/workflows/workflows-search.ts'
import { FrameSkeleton } from '../shell/frame-skeleton.tsx'
import { findPageOwner, forgetPageOwner } from './page-owner.ts'
import { RouteError, RouteMissing } from './root-states.tsx'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  errorComponent: RouteError,
  notFoundComponent: RouteMissing,
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: parseSignInSearch,
  component: lazyRouteComponent(() => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const directorySignIn = createRoute({
  getParentRoute: () => root,
  path: '/directory-sign-in',
  validateSearch: parseDirectorySearch,
  component: lazyRouteComponent(() => import('../features/sign-in/directory-sign-in-page.tsx'), 'DirectorySignInPage'),
})

const signedInAgain = createRoute({
  getParentRoute: () => root,
  path: '/signed-in-again',
  component: lazyRouteComponent(() => import('../features/sign-in/signed-in-again-page.tsx'), 'SignedInAgainPage'),
})

const secondStep = createRoute({
  getParentRoute: () => root,
  path: '/second-step',
  validateSearch: (raw: Record<string, unknown>) => ({ target: parseSignInSearch(raw).target }),
  component: lazyRouteComponent(() => import('../features/second-factors/second-step-page.tsx'), 'SecondStepPage'),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: parseSetupSearch,
  component: lazyRouteComponent(() => import('../features/setup/setup-page.tsx'), 'SetupPage'),
})

const createOrganization = createRoute({
  getParentRoute: () => root,
  path: '/create-organization',
  component: lazyRouteComponent(
    () => import('../features/create-organization/create-organization-page.tsx'),
    'CreateOrganizationPage',
  ),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('../features/invitation/invitation-page.tsx'), 'InvitationPage'),
})

const support = createRoute({
  getParentRoute: () => root,
  path: '/support',
  component: lazyRouteComponent(() => import('../features/support/support-page.tsx'), 'SupportPage'),
})

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: parseJoinSearch,
  component: lazyRouteComponent(() => import('../features/join/join-page.tsx'), 'JoinPage'),
})

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('../features/password/forgot-password-page.tsx'), 'ForgotPasswordPage'),
})

const newPassword = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: lazyRouteComponent(() => import('../features/password/new-password-page.tsx'), 'NewPasswordPage'),
})

const ViewerPage = lazy(async () => ({ default: (await import('../features/viewer/viewer-page.tsx')).ViewerPage }))

const viewer = createRoute({
  getParentRoute: () => root,
  path: '/map/$mapId',
  validateSearch: (raw: Record<string, unknown>): { version?: 'published' } => ({
    version: raw.version === 'published' ? 'published' : undefined,
  }),
  component: function ViewerRoute() {
    const { mapId } = useParams({ from: '/map/$mapId' })
    const { version } = useSearch({ from: '/map/$mapId' })
    return <ViewerPage mapId={mapId} embedded={false} version={version} />
  },
})

const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed/$mapId',
  component: function EmbedRoute() {
    return <ViewerPage mapId={useParams({ from: '/embed/$mapId' }).mapId} embedded />
  },
})

/**
 * Nobody enters an organization that is suspended, or from an address that it lets nobody come from; the sign-in page says
 * so, and lets people into another one.
 */
function leaveShut(error: unknown): never {
  if (!(error instanceof ApiError)) throw error
  const isOutside = error.rule === 'governance.people.addresses'
  if (!isOutside && error.code !== 'organization_suspended') throw error
  throw redirect({ to: '/sign-in', search: { problem: isOutside ? 'address_outside' : 'organization_suspended' } })
}

/** Everything below needs somebody to be signed in, and finds them in the route's context. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location, cause }) => {
    const session = await findPageOwner(context.queryClient, cause).catch(leaveShut)
    if (!session) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { target: location.href } })
    return { session }
  },
  onLeave: ({ context }) => forgetPageOwner(context.queryClient),
  pendingComponent: FrameSkeleton,
  component: lazyRouteComponent(() => import('../shell/signed-in.tsx'), 'SignedIn'),
})

const builder = createRoute({
  getParentRoute: () => signedIn,
  path: '/maps/$mapId',
  component: lazyRouteComponent(() => import('../features/builder/builder-page.tsx'), 'BuilderPage'),
})

const letIn = createRoute({
  getParentRoute: () => signedIn,
  path: '/let-in/$uid',
  component: lazyRouteComponent(() => import('../features/app-access/let-in-page.tsx'), 'LetInPage'),
})

const workspace = createRoute({
  getParentRoute: () => signedIn,
  id: 'workspace',
  component: lazyRouteComponent(() => import('../shell/workspace.tsx'), 'Workspace'),
})

const home = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
})

const maps = createRoute({
  getParentRoute: () => workspace,
  path: '/maps',
  validateSearch: parseMapsSearch,
  component: lazyRouteComponent(() => import('../features/maps/maps-page.tsx'), 'MapsPage'),
})

const workflows = createRoute({
  getParentRoute: () => workspace,
  path: '/workflows',
  validateSearch: parseWorkflowsSearch,
  component: lazyRouteComponent(() => import('../features/workflows/workflows-page.tsx'), 'WorkflowsPage'),
})

const projects = createRoute({
  getParentRoute: () => workspace,
  path: '/projects',
  validateSearch: parseProjectsSearch,
  component: lazyRouteComponent(() => import('../features/projects/projects-page.tsx'), 'ProjectsPage'),
})

const project = createRoute({
  getParentRoute: () => workspace,
  path: '/projects/$projectId',
  component: lazyRouteComponent(() => import('../features/projects/project-page.tsx'), 'ProjectPage'),
})

const workflow = createRoute({
  getParentRoute: () => workspace,
  path: '/workflows/$workflowId',
  component: lazyRouteComponent(() => import('../features/workflows/workflow-page.tsx'), 'WorkflowPage'),
})

const applications = createRoute({
  getParentRoute: () => workspace,
  path: '/applications',
  validateSearch: parseApplicationsSearch,
  component: lazyRouteComponent(() => import('../features/applications/applications-page.tsx'), 'ApplicationsPage'),
})

const application = createRoute({
  getParentRoute: () => workspace,
  path: '/applications/$applicationId',
  component: lazyRouteComponent(() => import('../features/applications/application-page.tsx'), 'ApplicationPage'),
})

/** One page for all of its addresses, so that the tree keeps its place and the focus when a table opens. */
const data = createRoute({
  getParentRoute: () => workspace,
  path: '/data',
  component: lazyRouteComponent(() => import('../features/data/data-page.tsx'), 'DataPage'),
})

const dataConnection = createRoute({ getParentRoute: () => data, path: '$connection' })

const dataSchema = createRoute({ getParentRoute: () => data, path: '$connection/$schema' })

const dataTable = createRoute({
  getParentRoute: () => data,
  path: '$connection/$schema/$table',
  validateSearch: parseTableSearch,
})

const connections = createRoute({
  getParentRoute: () => workspace,
  path: '/connections',
  validateSearch: (raw: Record<string, unknown>): { add?: boolean } => ({ add: raw.add === true ? true : undefined }),
  component: lazyRouteComponent(() => import('../features/connections/connections-page.tsx'), 'ConnectionsPage'),
})

const connectionLogin = createRoute({
  getParentRoute: () => workspace,
  path: '/connections/$connection/login',
  component: lazyRouteComponent(
    () => import('../features/connection-login/connection-login-page.tsx'),
    'ConnectionLoginPage',
  ),
})

const developers = createRoute({
  getParentRoute: () => workspace,
  path: '/developers',
  component: lazyRouteComponent(() => import('../features/developers/developers-page.tsx'), 'DevelopersPage'),
})

const settings = createRoute({
  getParentRoute: () => workspace,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
})

const profile = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('../features/settings/profile-settings.tsx'), 'ProfileSettings'),
})

const sessions = createRoute({
  getParentRoute: () => settings,
  path: '/sessions',
  component: lazyRouteComponent(() => import('../features/settings/session-settings.tsx'), 'SessionSettings'),
})

const organization = createRoute({
  getParentRoute: () => settings,
  path: '/organization',
  component: lazyRouteComponent(
    () => import('../features/settings/organization/organization-settings.tsx'),
    'OrganizationSettings',
  ),
})

const users = createRoute({
  getParentRoute: () => settings,
  path: '/users',
  validateSearch: parseUsersSearch,
  component: lazyRouteComponent(() => import('../features/settings/users/user-settings.tsx'), 'UserSettings'),
})

const invitations = createRoute({
  getParentRoute: () => settings,
  path: '/invitations',
  validateSearch: parseInvitationsSearch,
  component: lazyRouteComponent(
    () => import('../features/settings/invitations/invitation-settings.tsx'),
    'InvitationSettings',
  ),
})

const joinRequests = createRoute({
  getParentRoute: () => settings,
  path: '/join-requests',
  component: lazyRouteComponent(
    () => import('../features/settings/join-requests/join-request-settings.tsx'),
    'JoinRequestSettings',
  ),
})

const requests = createRoute({
  getParentRoute: () => settings,
  path: '/requests',
  component: lazyRouteComponent(() => import('../features/settings/requests/request-settings.tsx'), 'RequestSettings'),
})

const outbox = createRoute({
  getParentRoute: () => settings,
  path: '/outbox',
  component: lazyRouteComponent(() => import('../features/settings/outbox/outbox-settings.tsx'), 'OutboxSettings'),
})

const customization = createRoute({
  getParentRoute: () => settings,
  path: '/customization',
  component: lazyRouteComponent(
    () => import('../features/settings/customization/customization-settings.tsx'),
    'CustomizationSettings',
  ),
})

const settingsAsCode = createRoute({
  getParentRoute: () => settings,
  path: '/code',
  component: lazyRouteComponent(() => import('../features/settings/code/settings-as-code.tsx'), 'SettingsAsCode'),
})

const groups = createRoute({
  getParentRoute: () => settings,
  path: '/groups',
  validateSearch: parseGroupsSearch,
  component: lazyRouteComponent(() => import('../features/settings/groups/group-settings.tsx'), 'GroupSettings'),
})

const singleSignOn = createRoute({
  getParentRoute: () => settings,
  path: '/single-sign-on',
  validateSearch: parseSingleSignOnSearch,
  component: lazyRouteComponent(
    () => import('../features/settings/single-sign-on/single-sign-on-settings.tsx'),
    'SingleSignOnSettings',
  ),
})

const accessReport = createRoute({
  getParentRoute: () => settings,
  path: '/access-report',
  validateSearch: parseReportSearch,
  component: lazyRouteComponent(
    () => import('../features/settings/access-report/report-settings.tsx'),
    'ReportSettings',
  ),
})

const unusedShares = createRoute({
  getParentRoute: () => settings,
  path: '/unused-shares',
  validateSearch: parseUnusedSearch,
  component: lazyRouteComponent(
    () => import('../features/settings/access-report/unused-settings.tsx'),
    'UnusedSettings',
  ),
})

const assets = createRoute({
  getParentRoute: () => settings,
  path: '/assets',
  validateSearch: parseAssetsSearch,
  component: lazyRouteComponent(() => import('../features/settings/assets/asset-settings.tsx'), 'AssetSettings'),
})

const scim = createRoute({
  getParentRoute: () => settings,
  path: '/scim',
  component: lazyRouteComponent(() => import('../features/settings/scim/scim-settings.tsx'), 'ScimSettings'),
})

const governance = createRoute({
  getParentRoute: () => settings,
  path: '/governance',
  component: lazyRouteComponent(
    () => import('../features/settings/governance/governance-settings.tsx'),
    'GovernanceSettings',
  ),
})

const quotas = createRoute({
  getParentRoute: () => settings,
  path: '/quotas',
  component: lazyRouteComponent(() => import('../features/settings/quotas/quota-settings.tsx'), 'QuotaSettings'),
})

const usage = createRoute({
  getParentRoute: () => settings,
  path: '/usage',
  validateSearch: parseUsageSearch,
  component: lazyRouteComponent(() => import('../features/settings/usage/usage-settings.tsx'), 'UsageSettings'),
})

const network = createRoute({
  getParentRoute: () => settings,
  path: '/network',
  component: lazyRouteComponent(() => import('../features/settings/network/network-settings.tsx'), 'NetworkSettings'),
})

const supportAccess = createRoute({
  getParentRoute: () => settings,
  path: '/support-access',
  component: lazyRouteComponent(
    () => import('../features/settings/support-access/support-access-settings.tsx'),
    'SupportAccessSettings',
  ),
})

const trash = createRoute({
  getParentRoute: () => settings,
  path: '/trash',
  validateSearch: (raw: Record<string, unknown>): { page?: number } => {
    const page = Number(raw.page)
    return { page: Number.isInteger(page) && page > 1 ? page : undefined }
  },
  component: lazyRouteComponent(() => import('../features/settings/trash/trash-settings.tsx'), 'TrashSettings'),
})

const activity = createRoute({
  getParentRoute: () => settings,
  path: '/activity',
  validateSearch: parseActivitySearch,
  component: lazyRouteComponent(() => import('../features/settings/activity-settings.tsx'), 'ActivitySettings'),
})

/** Every address of the web app. */
export const routeTree = root.addChildren([
  signIn,
  directorySignIn,
  signedInAgain,
  secondStep,
  setup,
  createOrganization,
  invitation,
  support,
  join,
  forgotPassword,
  newPassword,
  viewer,
  embed,
  signedIn.addChildren([
    builder,
    letIn,
    workspace.addChildren([
      home,
      maps,
      workflows,
      workflow,
      projects,
      project,
      applications,
      application,
      data.addChildren([dataConnection, dataSchema, dataTable]),
      connections,
      connectionLogin,
      developers,
      settings.addChildren([
        profile,
        sessions,
        organization,
        users,
        groups,
        invitations,
        joinRequests,
        singleSignOn,
        trash,
        accessReport,
        unusedShares,
        assets,
        scim,
        governance,
        quotas,
        usage,
        network,
        supportAccess,
        outbox,
        customization,
        settingsAsCode,
        requests,
        activity,
      ]),
    ]),
  ]),
])
