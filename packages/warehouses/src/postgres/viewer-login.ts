import type { ViewerLogin } from '../provider.ts'
import { postgresCertificates } from './certificates.ts'
import { postgresTokens } from './tokens.ts'

/** What is a person's own of a login to PostgreSQL, and what is the connection's. */
export const postgresViewerLogin: ViewerLogin = {
  fields: ['user', 'password'],
  nameField: 'user',
  placeFields: ['host', 'port', 'database', 'sslMode', 'sslCertificateAuthority'],
  certificates: postgresCertificates,
  tokens: postgresTokens,
}
