import type { SamlProvider } from '../../../identity-providers/identity-provider-service.ts'
import { registerRedirectLogin } from '../../redirect-login/redirect-login-routes.ts'
import { RedirectLoginService } from '../../redirect-login/redirect-login-service.ts'
import type { LoginMethod } from '../login-method.ts'
import { lookUpSamlProvider } from './look-up.ts'
import { createSamlProtocol } from './saml-protocol.ts'
import { registerSamlRoutes, SAML_FINISH_PATH } from './saml-routes.ts'
import { deleteUsedAssertions } from './used-assertion-store.ts'

const PATHS = {
  start: '/auth/saml/:id/start',
  finish: SAML_FINISH_PATH,
  stateParameter: 'state',
  cookie: '/auth/saml',
}

/** SAML 2.0 with the organization's own identity providers. Signing out ends our session and not the provider's. */
export const samlMethod: LoginMethod = {
  id: 'saml',
  lookUpProvider: lookUpSamlProvider,
  install(app, context) {
    const logins = new RedirectLoginService<SamlProvider>(createSamlProtocol(context), context, PATHS.cookie)
    registerRedirectLogin(app, logins, PATHS, context.settings)
    registerSamlRoutes(app, logins, context.settings)
    return {
      id: 'saml',
      beginTest: (provider, tester, baseUrl) => logins.beginTest(provider, tester, baseUrl),
      findSignOutAddress: async () => null,
      async sweep(now) {
        await logins.sweep(now)
        await deleteUsedAssertions(context.store, now)
      },
    }
  },
}
