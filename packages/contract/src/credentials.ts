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
 * `token`: the person's own token of their single sign-on, sent as the password; nobody gives anything either.
 */
export const VIEWER_AUTHENTICATIONS = ['stored', 'certificate', 'token'] as const
export type ViewerAuthentication = (typeof VIEWER_AUTHENTICATIONS)[number]
export const ViewerAuthenticationSchema = Type.Enum([...VIEWER_AUTHENTICATIONS])

/** Which token of somebody's single sign-on is sent: what it gives for other services, or what says who they are. */
export const VIEWER_TOKEN_KINDS = ['access', 'id'] as const

/** What is sent as the password where `viewerAuthentication` is `token`, and as whom. */
export const ViewerTokenSettings = Type.Object({
  kind: Type.Enum([...VIEWER_TOKEN_KINDS]),
  userClaim: Type.Union([Type.String({ minLength: 1, maxLength: 100, pattern: '^[!-~]+$' }), Type.Null()], {
    description:
      'The claim of the ID token that holds the name of the database role, such as preferred_username; null: what stands before the @ of the person’s e-mail.',
  }),
  scope: Type.Union([Type.String({ minLength: 1, maxLength: 1000, pattern: '^[!-~]+( [!-~]+)*$' }), Type.Null()], {
    description: 'What is asked for when a token is fetched, where the database takes those of one scope only.',
  }),
})
export type ViewerTokenSettings = Static<typeof ViewerTokenSettings>
export const DEFAULT_VIEWER_TOKEN: ViewerTokenSettings = { kind: 'access', userClaim: null, scope: null }

/** How the policy on ways to sign in names this one, which no provider's own login is of. */
export const VIEWER_TOKEN_SIGN_IN = { id: 'viewer-token', label: 'each person’s own token' } as const

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

/**
 * `details` of `credentials_required` where a token is sent. `session`: this session came by no sign-in that gives tokens.
 * `sign-in`: the provider gives this session none any more. Both are mended by signing in again with the provider.
 */
export interface SignInRequired {
  readonly connectionId: string
  readonly connectionName: string
  readonly reason: 'session' | 'sign-in'
  /** Where a browser goes to sign in so, with `?target=` and the path that it comes back to; null when nobody can. */
  readonly signInPath: string | null
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
