import type { BasemapSummary, MapConfig } from '@graticule/contract'

/** The basemaps that ship with the app, by colour scheme. */
export const OWN_BASEMAPS = { light: 'graticule-light', dark: 'graticule-dark' } as const

/** What the style of a map is drawn on, and why it is not what the map asks for. */
export interface DrawnBasemap {
  readonly styleUrl: string
  /** `missing`: it is not offered any more. `blocked`: this page was loaded before it was offered. */
  readonly note: 'missing' | 'blocked' | null
}

/** The address of a basemap that this server serves. */
export function basemapStyleUrl(basemapId: string): string {
  return `${window.location.origin}/basemaps/${encodeURIComponent(basemapId)}/style.json`
}

/** The id of the basemap that a map was saved with; a style of another product falls back to the light one. */
export function basemapIdOf(config: Pick<MapConfig, 'mapStyle'>): string {
  const { styleType } = config.mapStyle
  return styleType.startsWith('custom:') ? styleType.slice('custom:'.length) : OWN_BASEMAPS.light
}

/** True when text over this basemap must be light. */
export function isDarkBasemap(basemapId: string): boolean {
  return /dark/.test(basemapId)
}

/** How Builder draws a basemap; undefined basemaps are not known yet. */
export function drawnBasemap(basemapId: string, basemaps: readonly BasemapSummary[] | undefined): DrawnBasemap {
  const isOwn = Object.values<string>(OWN_BASEMAPS).includes(basemapId)
  if (isOwn) return { styleUrl: basemapStyleUrl(basemapId), note: null }
  const found = basemaps?.find(({ id }) => id === basemapId)
  if (found) return drawnOrBlocked(found)
  return { styleUrl: basemapStyleUrl(OWN_BASEMAPS.light), note: basemaps ? 'missing' : null }
}

/** The basemap itself when the policy of this page lets it load, and the light one otherwise. */
export function drawnOrBlocked({ styleUrl, origins }: Pick<BasemapSummary, 'styleUrl' | 'origins'>): DrawnBasemap {
  const admitted = document.querySelector('meta[name="map-origins"]')?.getAttribute('content')?.split(' ') ?? []
  if (origins.every((origin) => admitted.includes(origin) || origin === window.location.origin)) {
    return { styleUrl, note: null }
  }
  return { styleUrl: basemapStyleUrl(OWN_BASEMAPS.light), note: 'blocked' }
}
