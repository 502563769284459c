import type { Database } from '../db/tables.ts'

declare const sealed: unique symbol

/** The one place that a sealed value is good for. Only `SEALED_COLUMNS` makes it, so that a column needs its line there. */
export type SealContext = string & { readonly [sealed]: true }

/** A column of the metadata store whose values the master key seals. */
export interface SealedColumn {
  readonly table: keyof Database
  readonly column: string
  /** The columns that tell the row, in the order in which `in` takes them. */
  readonly keys: readonly string[]
  /** What is sealed in the row that these ids name. */
  in(...ids: readonly string[]): SealContext
  /** True where a value that no key opens counts for nothing, and keeps nobody from starting. */
  readonly isDispensable: boolean
}

function column<Table extends keyof Database>(
  table: Table,
  name: keyof Database[Table] & string,
  keys: readonly (keyof Database[Table] & string)[],
  /** As it stands in every context, so it is never changed. */
  context: string,
  isDispensable = false,
): SealedColumn {
  return {
    table,
    column: name,
    keys,
    in: (...ids) => [context, ...ids].join(':') as SealContext,
    isDispensable,
  }
}

/** Every sealed column. What is not listed here can be neither sealed nor, when the master key changes, sealed anew. */
export const SEALED_COLUMNS = {
  connectionSecrets: column('connections', 'secrets', ['id'], 'connection'),
  viewerCredentials: column('viewer_credentials', 'secrets', ['connection_id', 'user_id'], 'viewer-credential'),
  publishingLogins: column('publishing_logins', 'secrets', ['id'], 'publishing-login'),
  identityProviderSecret: column('identity_providers', 'client_secret', ['id'], 'identity-provider'),
  idToken: column('external_sessions', 'id_token', ['session_id'], 'id-token'),
  refreshToken: column('external_sessions', 'refresh_token', ['session_id'], 'refresh-token'),
  loginChecks: column('pending_logins', 'checks', ['state_hash'], 'pending-login'),
  loginAnswer: column('pending_logins', 'answer', ['state_hash'], 'pending-login-answer'),
  totpSecret: column('totp_factors', 'secret', ['user_id'], 'totp'),
  certificateAuthority: column('certificate_authorities', 'sealed_private_key', ['id'], 'certificate-authority'),
  // Whoever can write to the store can put keys of their own there; they sign for nobody.
  checkpointKey: column('activity_keys', 'sealed_private_key', ['id'], 'activity-key', true),
  // Tokens and sign-ins that no key opens count for nothing: people sign in to the application again.
  oauthArtifact: column('oauth_artifacts', 'sealed_payload', ['id_hash'], 'oauth-artifact', true),
  oauthKey: column('oauth_keys', 'sealed_key', ['purpose'], 'oauth-key'),
  idempotentAnswer: column('idempotent_requests', 'sealed_answer', ['principal_id', 'key_hash'], 'idempotent-answer'),
  activityDataToken: column('activity_data_jobs', 'sealed_token', ['id'], 'activity-data-job'),
  // The last, so that a change of the master key that ended early is seen by it.
  signingKey: column('signing_keys', 'sealed_key', ['purpose'], 'signing-key'),
} as const satisfies Readonly<Record<string, SealedColumn>>
