import type { LoginMethod } from '../login-method.ts'
import { checkOidcProvider } from './discovery.ts'
import { OidcLoginService } from './oidc-login-service.ts'
import { OidcLogoutService } from './oidc-logout-service.ts'
import { registerOidcRoutes } from './oidc-routes.ts'

/** OpenID Connect with the organization's own identity providers. */
export const oidcMethod: LoginMethod = {
  id: 'oidc',
  checkProvider: checkOidcProvider,
  install(app, context) {
    const logins = new OidcLoginService(context)
    const logouts = new OidcLogoutService(context)
    registerOidcRoutes(app, { logins, logouts, providers: context.identityProviders }, context.settings)
    return {
      findSignOutAddress: (sessionId, readBaseUrl) => logouts.findSignOutAddress(sessionId, readBaseUrl),
      sweep: (now) => logins.sweep(now),
    }
  },
}
