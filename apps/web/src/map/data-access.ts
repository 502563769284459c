import type { AuthOptions } from '@carto/api-client'

/**
 * How map data is asked for. `session`: our own app, where the cookie travels and nothing secret is held by scripts.
 * `token`: the token of a public map, for people without a session and for embeds.
 */
export type DataAccess =
  | { readonly kind: 'session'; readonly apiBaseUrl: string; readonly mapId?: string }
  | { readonly kind: 'token'; readonly apiBaseUrl: string; readonly mapId?: string; readonly accessToken: string }

/** Data as the signed-in person sees it; `mapId` lets the activity log name the map. */
export function sessionAccess(mapId?: string): DataAccess {
  return { kind: 'session', apiBaseUrl: window.location.origin, mapId }
}

/** The authentication options that the real client takes. */
export function authOptions(access: DataAccess): AuthOptions {
  return access.kind === 'session' ? { authMode: 'session' } : { accessToken: access.accessToken }
}

/** Headers and credentials for a request that the real client does not send itself. */
export function requestInit(access: DataAccess): { headers: Record<string, string>; credentials: RequestCredentials } {
  return access.kind === 'session'
    ? { headers: {}, credentials: 'same-origin' }
    : { headers: { Authorization: `Bearer ${access.accessToken}` }, credentials: 'omit' }
}

/** The part of an access that may name a cached answer: never the token itself. */
export function accessKey(access: DataAccess): string {
  return access.kind === 'session' ? 'session' : `public:${access.mapId ?? ''}`
}
