import { AppError } from '@graticule/contract'
import { authorize } from '@graticule/policy'
import { PrincipalResolver } from '../features/auth/principal-resolver.ts'
import { connectionAsset } from '../features/connections/connection.ts'
import type { ConnectionService } from '../features/connections/connection-service.ts'
import { GovernanceRules } from '../features/governance/governance-rules.ts'
import type { PublicLinks } from '../features/maps/public-links.ts'
import { AppAccessService } from '../features/oauth/app-access-service.ts'
import { OAuthArtifactStore } from '../features/oauth/oauth-artifact-store.ts'
import { OAuthClientService } from '../features/oauth/oauth-client-service.ts'
import { OAuthClientStore } from '../features/oauth/oauth-client-store.ts'
import { OAuthLogout } from '../features/oauth/oauth-logout.ts'
import { OAuthServer } from '../features/oauth/oauth-server.ts'
import { OAuthTokens } from '../features/oauth/oauth-tokens.ts'
import { TokenService } from '../features/tokens/token-service.ts'
import { TokenStore } from '../features/tokens/token-store.ts'
import type { People } from './people.ts'
import type { Platform } from './platform.ts'

/** What is composed after these and asked for only when somebody comes. */
interface Later {
  readonly connections: () => ConnectionService
  readonly links: () => PublicLinks
}

/** What `composeCallers` composes. */
export type Callers = ReturnType<typeof composeCallers>

/** Who asks: sessions, API tokens, OAuth clients and public maps as principals. */
export function composeCallers(platform: Platform, people: People, later: Later) {
  const { activity, clock, directory, forgetPrincipals, logger, secretBox, store } = platform
  const { holdRight, sessions, users } = people
  const governanceRules = new GovernanceRules(store)
  const tokenStore = new TokenStore(store)
  const tokens = new TokenService({
    tokens: tokenStore,
    store,
    governance: governanceRules,
    activity,
    clock,
    holdRight,
    requireConnection: async (principal, name) => {
      const connection = await directory.find(principal.organizationId, name)
      if (connection === null) throw new AppError('not_found', `There is no connection called "${name}".`)
      authorize(principal, 'connection.use', connectionAsset(connection))
    },
    listUsable: async (transaction, userId, names) => {
      const person = await users.findPrincipal(transaction, userId)
      return person ? later.connections().listUsable(transaction, person, names) : new Set()
    },
    onChanged: forgetPrincipals,
  })
  const oauthClientStore = new OAuthClientStore(store)
  const oauthClients = new OAuthClientService({
    clients: oauthClientStore,
    store,
    activity,
    clock,
    holdRight,
    onChanged: forgetPrincipals,
  })
  const oauthArtifacts = new OAuthArtifactStore(store)
  const oauthTokens = new OAuthTokens({ artifacts: oauthArtifacts, sessions, clock })
  const oauthServer = new OAuthServer({
    artifacts: oauthArtifacts,
    clients: oauthClientStore,
    store,
    activity,
    clock,
    secretBox,
    sessions,
    users,
    onRevoked: forgetPrincipals,
    onError: (error) => logger.error({ err: error }, 'the authorization server failed'),
  })
  const oauthLogout = new OAuthLogout({ clients: oauthClientStore, server: oauthServer, sessions })
  const appAccess = new AppAccessService({
    artifacts: oauthArtifacts,
    clients: oauthClientStore,
    server: oauthServer,
    sessions,
    store,
    activity,
    clock,
    onRevoked: forgetPrincipals,
  })
  const resolver = new PrincipalResolver(
    {
      findSession: (tokenHash, address) => sessions.resolve(tokenHash, address),
      findToken: (tokenHash) => tokens.resolve(tokenHash),
      findAppToken: (token, address) => oauthTokens.resolve(token, address),
      findPublicMap: (token) => later.links().findByToken(token),
      noteTokenUse: (tokenId) => tokens.noteUse(tokenId),
    },
    clock,
  )
  return {
    governanceRules,
    tokenStore,
    tokens,
    appAccess,
    oauthArtifacts,
    oauthClients,
    oauthLogout,
    oauthServer,
    resolver,
  }
}
