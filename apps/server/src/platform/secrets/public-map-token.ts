import type { SecretBox } from './secret-box.ts'

const PURPOSE = 'public-map'

/** The token inside a public map's document: valid while the map is public and `version` is its current one. */
export function createPublicMapToken(box: SecretBox, mapId: string, version: number): string {
  return `gtm_${mapId}.${version}.${box.sign(PURPOSE, `${mapId}.${version}`)}`
}

/** The map and version a genuine token names; null for a forgery. Whether the version is current is for the caller. */
export function readPublicMapToken(
  box: SecretBox,
  token: string,
): { readonly mapId: string; readonly version: number } | null {
  const match = /^gtm_([^.]+)\.(\d{1,9})\.([\w-]+)$/.exec(token)
  const [, mapId, version, signature] = match ?? []
  if (mapId === undefined || version === undefined || signature === undefined) return null
  if (!box.verify(PURPOSE, `${mapId}.${version}`, signature)) return null
  return { mapId, version: Number(version) }
}
