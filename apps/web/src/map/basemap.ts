import type { MapConfig } from '@graticule/contract'

/** The basemaps that ship with the app, by colour scheme. */
export const OWN_BASEMAPS = { light: 'graticule-light', dark: 'graticule-dark' } as const

/** The address of a basemap that this server serves. */
export function basemapStyleUrl(basemapId: string): string {
  return `${window.location.origin}/basemaps/${encodeURIComponent(basemapId)}/style.json`
}

/** The id of the basemap that a map was saved with; a style this server does not know falls back to the light one. */
export function basemapIdOf(config: Pick<MapConfig, 'mapStyle'>): string {
  const { styleType } = config.mapStyle
  return styleType.startsWith('custom:') ? styleType.slice('custom:'.length) : OWN_BASEMAPS.light
}

/** True when text over this basemap must be light. */
export function isDarkBasemap(basemapId: string): boolean {
  return /dark/.test(basemapId)
}
