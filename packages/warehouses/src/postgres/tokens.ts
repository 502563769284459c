import type { TokenLogins } from '../provider.ts'
import { type PostgresConfig, provesServer, tlsOptions } from './config.ts'

/**
 * Signing in with a token in place of a password, which the server asks for in clear text (`ldap`, `pam`, `radius`, and
 * what clouds put in their place). Whoever reads it is that person until it ends, so it is told to a proved server alone.
 */
export const postgresTokens: TokenLogins = {
  obstacle(config) {
    return provesServer(tlsOptions(config as PostgresConfig))
      ? null
      : 'Tokens are sent over TLS alone, to a server that proved who it is; let the connection verify the certificate and the name of the server, or give the authority that signed it.'
  },
  configFor: (place, { loginName, token }) => ({ ...place, user: loginName, password: token }),
}
