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
  needed: Type.Boolean({ description: 'Whether the data are read with a login of yours, and with no other.' }),
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
