import { OIDC_CALLBACK_PATH } from '../../../identity-providers/identity-provider-routes.ts'
import type { OidcProvider } from '../../../identity-providers/identity-provider-service.ts'
import { registerRedirectLogin } from '../../redirect-login/redirect-login-routes.ts'
import { RedirectLoginService } from '../../redirect-login/redirect-login-service.ts'
import type { LoginMethod } from '../login-method.ts'
import { lookUpOidcProvider } from './discovery.ts'
import { OidcLogoutService } from './oidc-logout-service.ts'
import { createOidcProtocol } from './oidc-protocol.ts'
import { registerOidcLogoutRoute } from './oidc-routes.ts'

const PATHS = {
  start: '/auth/oidc/:id/start',
  finish: OIDC_CALLBACK_PATH,
  stateParameter: 'state',
  cookie: '/auth/oidc',
}

/** OpenID Connect with the organization's own identity providers. */
export const oidcMethod: LoginMethod = {
  id: 'oidc',
  lookUpProvider: lookUpOidcProvider,
  install(app, context) {
    const logins = new RedirectLoginService<OidcProvider>(createOidcProtocol(context.doorOf), context, PATHS.cookie)
    const logouts = new OidcLogoutService(context)
    registerRedirectLogin(app, logins, PATHS, context.settings)
    registerOidcLogoutRoute(app, logouts)
    return {
      id: 'oidc',
      beginTest: (provider, tester, baseUrl) => logins.beginTest(provider, tester, baseUrl),
      findSignOutAddress: (sessionId, readBaseUrl) => logouts.findSignOutAddress(sessionId, readBaseUrl),
      sweep: (now) => logins.sweep(now),
    }
  },
}
