import type { CertificateLogins } from '../provider.ts'
import { type PostgresConfig, provesServer, tlsOptions } from './config.ts'

/** The role whose members may sign in by certificate; a superuser is none of them unless somebody makes it one. */
export const VIEWERS_GROUP = 'graticule_viewers'
/** The map of pg_ident.conf that says who is which role. */
const IDENT_MAP = 'graticule'

/**
 * Signing in by `cert map=`: the server checks who signed the certificate and until when it holds, and pg_ident.conf
 * alone says which role its common name stands for.
 */
export const postgresCertificates: CertificateLogins = {
  group: VIEWERS_GROUP,
  obstacle(config) {
    return provesServer(tlsOptions(config as PostgresConfig))
      ? null
      : 'Certificates are shown over TLS alone, to a server that proved who it is; let the connection verify the certificate and the name of the server, or give the authority that signed it.'
  },
  configFor: (place, { certificate, key, loginName }) => ({
    ...place,
    user: loginName,
    sslClientCertificate: certificate,
    sslClientKey: key,
  }),
  identLine: ({ loginName, subject }) => `${IDENT_MAP}  ${quote(subject)}  ${quote(loginName)}`,
  setupFor: ({ database }) => ({
    sql: [
      `CREATE ROLE ${VIEWERS_GROUP} NOLOGIN;`,
      `-- For each person: CREATE ROLE "name" LOGIN IN ROLE ${VIEWERS_GROUP};`,
    ],
    settings: ['ssl = on', "ssl_ca_file = 'graticule-ca.crt'"],
    hba: [`hostssl  ${quote(String(database))}  +${VIEWERS_GROUP}  all  cert  map=${IDENT_MAP}`],
  }),
}

/** As a word of pg_hba.conf and pg_ident.conf; in quotes no keyword means anything. */
function quote(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}
