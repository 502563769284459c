import type { MapSummary } from '@graticule/contract'

/** Which maps are selected, on this page of the list and on others. */
export interface MapSelection {
  readonly ids: ReadonlySet<string>
  readonly select: (maps: readonly MapSummary[], isSelected: boolean) => void
}
