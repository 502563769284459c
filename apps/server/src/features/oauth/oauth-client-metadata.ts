import type { AllClientMetadata } from 'oidc-provider'
import type { OAuthClientRow } from '../../platform/db/tables.ts'

/** What applications may ask to be told of the person. What they may do is what the person may. */
export const OAUTH_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const

/** A client as oidc-provider knows it. */
export function clientMetadata(row: OAuthClientRow): AllClientMetadata {
  const common = { client_id: row.id, client_name: row.title }
  if (row.kind === 'machine') {
    return {
      ...common,
      // The hash of it, which `compareClientSecret` is told to compare with.
      client_secret: row.secret_hash ?? '',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    }
  }
  return {
    ...common,
    scope: OAUTH_SCOPES.join(' '),
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: row.callback_urls,
    web_origins: row.web_origins,
  }
}
