import {
  AppError,
  type OAuthClientCreateBody,
  type OAuthClientSummary,
  type OAuthClientUpdateBody,
} from '@graticule/contract'
import type { OAuthClientAsset } from '@graticule/policy'
import type { OAuthClientRow } from '../../platform/db/tables.ts'

/** A client with who owns it. */
export type OwnedClientRow = OAuthClientRow & { readonly owner_name: string; readonly owner_email: string }

/** The addresses of a client, as they are kept. */
export type ClientAddresses = Pick<
  OAuthClientRow,
  'callback_urls' | 'logout_urls' | 'web_origins' | 'cors_origins' | 'login_uri'
>

export function oauthClientAsset(row: OAuthClientRow): OAuthClientAsset {
  return { kind: 'oauth-client', id: row.id, organizationId: row.organization_id, ownerId: row.owner_id }
}

export function toClientSummary(row: OwnedClientRow, userId: string): OAuthClientSummary {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    callbackUrls: row.callback_urls,
    logoutUrls: row.logout_urls,
    webOrigins: row.web_origins,
    corsOrigins: row.cors_origins,
    loginUri: row.login_uri,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    isOwn: row.owner_id === userId,
  }
}

/**
 * The addresses of a client after a change, checked. A machine client has none: nobody signs in to it.
 */
export function readAddresses(
  kind: OAuthClientRow['kind'],
  body: Omit<OAuthClientCreateBody, 'kind' | 'title'> | OAuthClientUpdateBody,
  before: ClientAddresses = { callback_urls: [], logout_urls: [], web_origins: [], cors_origins: [], login_uri: null },
): ClientAddresses {
  const addresses: ClientAddresses = {
    callback_urls: body.callbackUrls?.map((url) => readUrl(url, 'A callback URL')) ?? before.callback_urls,
    logout_urls: body.logoutUrls?.map((url) => readUrl(url, 'A logout URL')) ?? before.logout_urls,
    web_origins: body.webOrigins?.map(readOrigin) ?? before.web_origins,
    cors_origins: body.corsOrigins?.map(readOrigin) ?? before.cors_origins,
    login_uri:
      body.loginUri === undefined
        ? before.login_uri
        : body.loginUri === null
          ? null
          : readUrl(body.loginUri, 'The login URI'),
  }
  const { login_uri: loginUri, ...lists } = addresses
  const hasAny = loginUri !== null || Object.values(lists).some((list) => list.length > 0)
  if (kind === 'machine' && hasAny) {
    throw new AppError(
      'invalid_request',
      'A machine client has no addresses, because nobody signs in to it; leave them out.',
    )
  }
  if (kind === 'spa' && addresses.callback_urls.length === 0) {
    throw new AppError('invalid_request', 'Give at least one callback URL, where people come back to after signing in.')
  }
  return addresses
}

/** The sites of a client whose pages may ask for tokens, or use them. */
export function originsOf(client: Pick<OAuthClientRow, 'callback_urls'>, besides: readonly string[]): string[] {
  return [...new Set([...client.callback_urls.map((url) => new URL(url).origin), ...besides])]
}

/** Codes travel in these addresses: by HTTPS, or to the machine that the browser runs on. */
function readUrl(text: string, what: string): string {
  const url = URL.parse(text.trim())
  if (url === null || !isTrustworthy(url)) {
    throw new AppError(
      'invalid_request',
      `${what} begins with https://, or with http://localhost; ${quote(text)} does not.`,
    )
  }
  if (url.hash !== '' || text.includes('#')) {
    throw new AppError('invalid_request', `${what} has no part after "#"; take it out of ${quote(text)}.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid_request', `${what} names nobody before "@"; take that out.`)
  }
  return url.href
}

/** Keeps the origins only, because a stray path or slash would lock every page out. */
function readOrigin(text: string): string {
  const url = URL.parse(text.trim())
  if (url === null || !isTrustworthy(url)) {
    throw new AppError('invalid_request', `${quote(text)} is not the address of a site, such as https://example.org.`)
  }
  return url.origin
}

function isTrustworthy({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]')
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
