import type { LoginMethod } from '../login-method.ts'
import { DIRECTORY_PAGE, registerLdapRoutes } from './ldap-routes.ts'
import { LdapSignInService } from './ldap-sign-in-service.ts'
import { lookUpDirectory } from './look-up.ts'

/** A directory that speaks LDAP, such as Active Directory: its names and passwords, entered on our own page. */
export const ldapMethod: LoginMethod = {
  id: 'ldap',
  lookUpProvider: lookUpDirectory,
  install(app, context) {
    const logins = new LdapSignInService(context)
    registerLdapRoutes(app, logins, context)
    return {
      id: 'ldap',
      beginTest: async (provider) => ({
        url: `${DIRECTORY_PAGE}?${new URLSearchParams({ provider: provider.id, test: 'true' })}`,
        cookie: null,
      }),
      findSignOutAddress: async () => null,
      sweep: async () => undefined,
    }
  },
}
