import type { BasemapSummary, CustomBasemap } from '@graticule/contract'

/** Names that only basemaps of this product may have. */
const OWN_PREFIX = 'graticule-'
/** Narrower than what an address may hold: an origin is written into the policy of pages, where `;` and `*` would mean more. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/
const TILE_SIZE_PIXELS = 256

/** What speaks against a basemap; null when nothing does. */
export function findBasemapProblem(basemap: CustomBasemap): string | null {
  const { id, name, type, url, otherOrigins } = basemap
  if (id.startsWith(OWN_PREFIX)) return `The basemap "${name}" needs an id that does not begin with "${OWN_PREFIX}".`
  if (readOrigin(url) === null) {
    return `The address of the basemap "${name}" must begin with https:// or http://, name a host, and hold no password.`
  }
  if (type !== 'style' && !['{z}', '{x}', '{y}'].every((part) => url.includes(part))) {
    return `The address of the tiles of "${name}" must contain {z}, {x} and {y}.`
  }
  const strange = /\{(?!(?:z|x|y)\})[^}]*\}/.exec(url)
  if (strange !== null)
    return `The address of the basemap "${name}" contains ${strange[0]}; write out what it stands for.`
  const wrong = otherOrigins.find((origin) => readOrigin(origin) !== origin)
  if (wrong === undefined) return null
  return `"${wrong}" is not an origin that the basemap "${name}" can load from; write it as https://tiles.example.org.`
}

/** Where browsers load a basemap from. */
export function originsOf({ url, otherOrigins }: CustomBasemap): string[] {
  const own = readOrigin(url)
  return [...new Set([...(own === null ? [] : [own]), ...otherOrigins])]
}

/** A basemap of the organization among those that Builder offers. */
export function summarizeBasemap(basemap: CustomBasemap): BasemapSummary {
  const { id, name, scheme, type, url } = basemap
  const styleUrl =
    type === 'style' ? url : `data:application/json,${encodeURIComponent(JSON.stringify(rasterStyle(basemap)))}`
  return { id, label: name, scheme, styleUrl, origins: originsOf(basemap) }
}

/** The basemap as a saved map shows it to the real clients. */
export function customStyleOf(basemap: CustomBasemap): Record<string, unknown> {
  const { id, name, type, url, attribution } = basemap
  return {
    id: `custom:${id}`,
    label: name,
    ...(type === 'style' ? { url } : { style: rasterStyle(basemap) }),
    ...(attribution === '' ? {} : { customAttribution: escapeHtml(attribution) }),
  }
}

/** A MapLibre style that draws the raster tiles and nothing else. */
function rasterStyle({ name, type, url, attribution }: CustomBasemap): Record<string, unknown> {
  return {
    version: 8,
    name,
    sources: {
      basemap: {
        type: 'raster',
        tiles: [url],
        tileSize: TILE_SIZE_PIXELS,
        scheme: type,
        // MapLibre shows an attribution as HTML.
        attribution: escapeHtml(attribution),
      },
    },
    layers: [{ id: 'basemap', type: 'raster', source: 'basemap' }],
  }
}

/** The origin of an http address without a login in it; null for anything else. */
function readOrigin(text: string): string | null {
  const address = URL.parse(text.replaceAll(/\{[a-z]\}/g, '0'))
  if (address === null || (address.protocol !== 'https:' && address.protocol !== 'http:')) return null
  if (address.username !== '' || address.password !== '' || !HOST.test(address.host)) return null
  return address.origin
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
