import type { TokenLogins } from '../provider.ts'
import { type PostgresConfig, provesName, tlsOptions } from './config.ts'

/**
 * Signing in with a token in place of a password, which the server asks for in clear text (`ldap`, `pam`, `radius`, and
 * what clouds put in their place). Whoever reads it is that person until it ends, so it is told to a server alone
 * whose certificate names the host that an admin named.
 */
export const postgresTokens: TokenLogins = {
  obstacle(config) {
    return provesName(tlsOptions(config as PostgresConfig))
      ? null
      : 'Tokens are sent over TLS alone, to a server whose certificate names it; set TLS of the connection to verify-full, which verifies the certificate and the host name.'
  },
  configFor: (place, { loginName, token }) => ({ ...place, user: loginName, password: token }),
}
