import type { ConnectionOptions } from 'node:tls'
import { AppError, type EgressTarget } from '@graticule/contract'
import { type Static, Type } from 'typebox'
import type { ConfigField, SignInMethod } from '../provider.ts'

export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const

/** How to log in to a PostgreSQL database. */
export const postgresConfigSchema = Type.Object({
  /** A name, an address, or the folder of a Unix socket. */
  host: Type.String({ minLength: 1, maxLength: 255 }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  database: Type.String({ minLength: 1, maxLength: 63 }),
  user: Type.String({ minLength: 1, maxLength: 63 }),
  password: Type.Optional(Type.String({ maxLength: 10_000 })),
  sslMode: Type.Optional(Type.Enum([...SSL_MODES])),
  /** PEM text. */
  sslCertificateAuthority: Type.Optional(Type.String({ maxLength: 100_000 })),
  sslClientCertificate: Type.Optional(Type.String({ maxLength: 100_000 })),
  sslClientKey: Type.Optional(Type.String({ maxLength: 100_000 })),
  connectTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 120 })),
})
export type PostgresConfig = Static<typeof postgresConfigSchema>

export const DEFAULT_PORT = 5432
export const DEFAULT_CONNECT_TIMEOUT_SECONDS = 10

export const postgresConfigFields: readonly ConfigField[] = [
  {
    name: 'host',
    label: 'Host',
    kind: 'text',
    required: true,
    secret: false,
    placeholder: 'db.example.com',
    help: 'A name or address that the server of this workspace can reach, or the folder of a Unix socket.',
  },
  { name: 'port', label: 'Port', kind: 'number', required: false, secret: false, defaultValue: DEFAULT_PORT },
  { name: 'database', label: 'Database', kind: 'text', required: true, secret: false },
  {
    name: 'user',
    label: 'User',
    kind: 'text',
    required: true,
    secret: false,
    help: 'A role that may only read what maps should show. Everyone who uses the connection reads with its rights.',
  },
  { name: 'password', label: 'Password', kind: 'password', required: false, secret: true },
  {
    name: 'sslMode',
    label: 'TLS',
    kind: 'select',
    required: false,
    secret: false,
    defaultValue: 'require',
    help: 'verify-full also checks that the certificate names this host; it is the one to choose over the internet.',
    options: [
      { value: 'disable', label: 'Off' },
      { value: 'require', label: 'On, any certificate' },
      { value: 'verify-ca', label: 'On, verify the certificate' },
      { value: 'verify-full', label: 'On, verify the certificate and the host name' },
    ],
  },
  {
    name: 'sslCertificateAuthority',
    label: 'Certificate authority (PEM)',
    kind: 'textarea',
    required: false,
    secret: false,
    help: 'Needed when the server’s certificate is signed by an authority of your own.',
  },
  { name: 'sslClientCertificate', label: 'Client certificate (PEM)', kind: 'textarea', required: false, secret: false },
  { name: 'sslClientKey', label: 'Client key (PEM)', kind: 'textarea', required: false, secret: true },
  {
    name: 'connectTimeoutSeconds',
    label: 'Connect timeout (seconds)',
    kind: 'number',
    required: false,
    secret: false,
    defaultValue: DEFAULT_CONNECT_TIMEOUT_SECONDS,
  },
]

/** A certificate does not rule out that the server asks for the password as well, so both may count. */
export const postgresSignInMethods: readonly SignInMethod<PostgresConfig>[] = [
  { id: 'password', label: 'a password', login: 'password', fields: ['password'], isUsedBy: hasPassword },
  {
    id: 'certificate',
    label: 'a client certificate',
    login: 'certificate',
    fields: ['sslClientCertificate', 'sslClientKey'],
    isUsedBy: hasCertificate,
  },
  {
    id: 'none',
    label: 'no secret at all',
    login: 'none',
    fields: [],
    isUsedBy: (config) => !hasPassword(config) && !hasCertificate(config),
  },
]

function hasPassword({ password }: PostgresConfig): boolean {
  return password !== undefined && password !== ''
}

function hasCertificate({ sslClientCertificate }: PostgresConfig): boolean {
  return sslClientCertificate !== undefined && sslClientCertificate !== ''
}

/** TLS options for the mode; false without TLS, which is also the only way over a Unix socket. */
export function tlsOptions(config: PostgresConfig): ConnectionOptions | false {
  const mode = config.sslMode ?? (config.sslCertificateAuthority ? 'verify-ca' : 'disable')
  if (mode === 'disable' || config.host.startsWith('/')) return false
  const { sslCertificateAuthority, sslClientCertificate, sslClientKey } = config
  if (Boolean(sslClientCertificate) !== Boolean(sslClientKey)) {
    throw new AppError('invalid_request', 'A client certificate needs its key, and a key its certificate.')
  }
  const options: ConnectionOptions = {}
  if (sslCertificateAuthority) options.ca = sslCertificateAuthority
  if (sslClientCertificate) options.cert = sslClientCertificate
  if (sslClientKey) options.key = sslClientKey
  switch (mode) {
    case 'require':
      // With an authority at hand, a certificate of another one is never right.
      return { ...options, rejectUnauthorized: Boolean(sslCertificateAuthority), checkServerIdentity: () => undefined }
    case 'verify-ca':
      return { ...options, rejectUnauthorized: true, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...options, rejectUnauthorized: true }
  }
}

/**
 * Whether these options let nobody else stand in for the server: its name is checked, or an authority of one's own, without
 * which anybody with a public certificate for any name would do.
 */
export function provesServer(tls: ConnectionOptions | false): boolean {
  if (tls === false || tls.rejectUnauthorized !== true) return false
  return tls.ca !== undefined || tls.checkServerIdentity === undefined
}

/** Whether the certificate must name this host, too: a connection's own authority is its editor's word and no proof. */
export function provesName(tls: ConnectionOptions | false): boolean {
  return tls !== false && tls.rejectUnauthorized === true && tls.checkServerIdentity === undefined
}

/** True for a Unix socket and the machine's own addresses: nothing that is sent there leaves the machine. */
export function isLocalHost(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** One socket carries everything: data, cancelling, and the look at who answers. */
export function listEgress({ host, port = DEFAULT_PORT }: PostgresConfig): readonly EgressTarget[] {
  return isLocalHost(host) ? [] : [{ host, port, protocol: 'tcp', purpose: 'PostgreSQL: statements and cancelling' }]
}
