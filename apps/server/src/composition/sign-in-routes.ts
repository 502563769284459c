import { registerAuthRoutes } from '../features/auth/auth-routes.ts'
import { LOGIN_METHODS } from '../features/auth/methods/index.ts'
import { OrganizationCreation } from '../features/auth/organization-creation.ts'
import { registerOrganizationCreationRoutes } from '../features/auth/organization-creation-routes.ts'
import { registerPasswordRoutes } from '../features/auth/password-routes.ts'
import { registerSecondStepRoutes } from '../features/auth/second-step-routes.ts'
import { registerViewAsRoutes } from '../features/auth/view-as-routes.ts'
import { registerIdentityProviderRoutes } from '../features/identity-providers/identity-provider-routes.ts'
import { registerAppAccessRoutes } from '../features/oauth/app-access-routes.ts'
import { registerOAuthRoutes } from '../features/oauth/oauth-routes.ts'
import { registerPasskeyRoutes } from '../features/second-factors/passkey-routes.ts'
import { registerSecondFactorRoutes } from '../features/second-factors/second-factor-routes.ts'
import type { RegisterRoutes } from './services.ts'

/** Signing in, with what, and as whom. */
export const SIGN_IN_ROUTES: readonly RegisterRoutes[] = [
  (app, { config, passwords }) => registerPasswordRoutes(app, passwords, config),
  (app, { config, factorResets, secondFactors }) =>
    registerSecondFactorRoutes(app, secondFactors, factorResets, config),
  (app, { config, secondFactors }) => registerPasskeyRoutes(app, secondFactors, config),
  (app, { config, secondSteps }) => registerSecondStepRoutes(app, secondSteps, config),
  (app, { loginContext, loginMethods }) => {
    loginMethods.push(...LOGIN_METHODS.map((method) => method.install(app, loginContext)))
  },
  (app, { config, findSignOutAddress, sessions, setup, signIns, users, views }) =>
    registerAuthRoutes(app, { signIns, sessions, setup, users, views, findSignOutAddress }, config),
  (app, { views }) => registerViewAsRoutes(app, views),
  (app, { clock, config, oauthLogout, oauthServer }) =>
    registerOAuthRoutes(app, oauthServer, oauthLogout, config, clock),
  (app, { appAccess, config, oauthServer }) => registerAppAccessRoutes(app, appAccess, oauthServer, config),
  (app, { clock, config, isAllowed, mailer, store }) =>
    registerOrganizationCreationRoutes(app, new OrganizationCreation({ store, clock, mailer, isAllowed }), config),
  (app, { beginTest, config, enforcement, identityProviders }) =>
    registerIdentityProviderRoutes(app, identityProviders, enforcement, beginTest, config),
]
