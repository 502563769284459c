import { type Static, Type } from 'typebox'

// Whose login a connection's statements run under, and the logins that people give for themselves.

/**
 * Whose login serves those whom a connection is shared with. `owner`: the one stored with the connection. `viewer`: each
 * person's own; only the owner keeps using the connection's.
 */
export const CREDENTIAL_POLICIES = ['owner', 'viewer'] as const
export type CredentialPolicy = (typeof CREDENTIAL_POLICIES)[number]
export const CredentialPolicySchema = Type.Enum([...CREDENTIAL_POLICIES])

/**
 * How each person's own login proves who they are, where the policy is `viewer`. `stored`: a login that the person gave.
 * `certificate`: a client certificate of minutes, which this server makes for them; nobody gives anything.
 */
export const VIEWER_AUTHENTICATIONS = ['stored', 'certificate'] as const
export type ViewerAuthentication = (typeof VIEWER_AUTHENTICATIONS)[number]
export const ViewerAuthenticationSchema = Type.Enum([...VIEWER_AUTHENTICATIONS])

/**
 * What a connection signs in with. The first four can stand for many people; `embedded` is the warehouse that the server
 * runs itself, which knows one login alone; the last three are one person's.
 */
export const CONNECTION_LOGINS = [
  'password',
  'certificate',
  'none',
  'embedded',
  'oauth',
  'forwarded-token',
  'minted-certificate',
] as const
export type ConnectionLogin = (typeof CONNECTION_LOGINS)[number]

/**
 * How a person stands with a login of their own. `rejected`: the warehouse did not let it in any more. `revoked`: the
 * connection leads elsewhere since it was given, so it is not used.
 */
export const CREDENTIAL_STATES = ['none', 'valid', 'rejected', 'revoked'] as const
export type CredentialState = (typeof CREDENTIAL_STATES)[number]

/** GET /v3/connections/{id}/my-credentials */
export const MyCredentials = Type.Object({
  connectionId: Type.String(),
  connectionName: Type.String(),
  credentialPolicy: CredentialPolicySchema,
  viewerAuthentication: ViewerAuthenticationSchema,
  needed: Type.Boolean({ description: 'Whether the data are read with a login that you give, and with no other.' }),
  state: Type.Enum([...CREDENTIAL_STATES]),
  /** What the warehouse calls you; null while there is none. */
  loginName: Type.Union([Type.String(), Type.Null()]),
  givenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  /** What is to be filled in. */
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String(),
      secret: Type.Boolean(),
      required: Type.Boolean(),
    }),
  ),
})
export type MyCredentials = Static<typeof MyCredentials>

/** PUT: the login by the names of its fields. */
export const MyCredentialsBody = Type.Object({
  login: Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 10_000 })),
})
export type MyCredentialsBody = Static<typeof MyCredentialsBody>

/** `details` of the error `credentials_required`. */
export interface CredentialsRequired {
  readonly connectionId: string
  readonly connectionName: string
  readonly state: Exclude<CredentialState, 'valid'>
  /** Where the login is to be put, and by which fields. */
  readonly give: { readonly method: 'PUT'; readonly path: string; readonly fields: readonly string[] }
}

/** POST /v3/connections/{id}/certificate-setup: what the database's administrator sets up once. */
export const CertificateSetup = Type.Object({
  /** PEM of the organization's authority, for the file that `ssl_ca_file` names. */
  authority: Type.String(),
  /** SHA-256 of the authority's certificate, to compare by eye. */
  fingerprint: Type.String(),
  /** The role that all who read so are members of. */
  group: Type.String(),
  /** SQL for the database: the group, and what its members need. */
  sql: Type.Array(Type.String()),
  /** Lines of postgresql.conf. */
  settings: Type.Array(Type.String()),
  /** Lines of pg_hba.conf, to stand above those that let the same logins in otherwise. */
  hba: Type.Array(Type.String()),
  /** Lines of pg_ident.conf, one for each person that the connection is shared with. */
  ident: Type.Array(Type.String()),
  /** People whose address gives no name for a role, or the name of somebody else too; they cannot read so. */
  unnamed: Type.Array(Type.String()),
})
export type CertificateSetup = Static<typeof CertificateSetup>

/** `details` of the refusal `viewer-certificate.refused`. */
export interface CertificateRefused {
  readonly connectionId: string
  readonly connectionName: string
  /** The role that was asked for, and the name in the certificate. */
  readonly loginName: string
  readonly subject: string
  /** The line that pg_ident.conf lacks. */
  readonly identLine: string
}
