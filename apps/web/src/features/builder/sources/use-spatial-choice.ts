import type { ColumnDescription, SourceDescription, SpatialColumn } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { type CatalogSource, spatialColumnQuery } from '../../../api/catalog.ts'

/** What the person points at: a detected way, two columns of degrees, or one column of text or bytes. */
export type PickedSpatial =
  | { readonly kind: 'detected'; readonly name: string | null }
  | { readonly kind: 'pair'; readonly longitude: string | null; readonly latitude: string | null }
  | { readonly kind: 'column'; readonly column: string | null }

/** The state of choosing what to draw a source by. */
export interface SpatialChoiceState {
  readonly detected: readonly SpatialColumn[]
  /** Columns that can be a longitude or a latitude, and those that can hold WKT, GeoJSON or WKB. */
  readonly numbers: readonly string[]
  readonly encoded: readonly string[]
  readonly picked: PickedSpatial
  readonly pick: (picked: PickedSpatial) => void
  /** What will be drawn; undefined while nothing that holds geometry is picked. */
  readonly spatial: SpatialColumn | undefined
  readonly isLooking: boolean
  /** Why the columns that were named by hand cannot be drawn. */
  readonly failure: string | null
}

/**
 * Chooses what to draw a source by, with the best detected way to begin with; what is named by hand, the server looks
 * at. `drawnBy` is the `spatialDataColumn` that the source is drawn by already.
 */
export function useSpatialChoice(
  source: CatalogSource,
  description: SourceDescription | undefined,
  drawnBy?: string,
): SpatialChoiceState {
  const [own, pick] = useState<PickedSpatial | null>(null)
  const detected = description?.spatialColumns ?? []
  const columns = description?.columns ?? []
  // Another run of a query may answer other columns, which the choice of before does not fit.
  const isGone = own?.kind === 'detected' && !detected.some((each) => each.spatialDataColumn === own.name)
  const picked = own && !isGone ? own : startingPick(detected, columns, drawnBy)
  const name = namedByHand(picked)
  const looked = useQuery({ ...spatialColumnQuery(source, name ?? ''), enabled: name !== null })
  const offered = columns.filter((column) => isNameable(column.name))
  return {
    detected,
    numbers: offered.filter((column) => column.type === 'number').map((column) => column.name),
    encoded: offered.filter((column) => ['string', 'object', 'unknown'].includes(column.type)).map(({ name }) => name),
    picked,
    pick,
    spatial:
      picked.kind === 'detected'
        ? detected.find((each) => each.spatialDataColumn === picked.name)
        : name === null
          ? undefined
          : looked.data,
    isLooking: looked.isFetching,
    failure: name !== null && looked.error ? sentenceOf(looked.error) : null,
  }
}

/** The wire separates by a comma, and maps name their column after a colon, so neither can be in a name. */
function isNameable(name: string): boolean {
  return !/[,:]/.test(name)
}

function startingPick(
  detected: readonly SpatialColumn[],
  columns: readonly ColumnDescription[],
  drawnBy: string | undefined,
): PickedSpatial {
  const names = columns.map((column) => column.name)
  const isDetected = detected.some((each) => each.spatialDataColumn === drawnBy)
  if (drawnBy !== undefined && !isDetected) {
    const [longitude = '', latitude = ''] = drawnBy.split(',')
    if (names.includes(drawnBy)) return { kind: 'column', column: drawnBy }
    if (names.includes(longitude) && names.includes(latitude)) return { kind: 'pair', longitude, latitude }
  }
  const name = isDetected && drawnBy !== undefined ? drawnBy : (detected[0]?.spatialDataColumn ?? null)
  return { kind: 'detected', name }
}

function namedByHand(picked: PickedSpatial): string | null {
  switch (picked.kind) {
    case 'detected':
      return null
    case 'pair':
      return picked.longitude !== null && picked.latitude !== null ? `${picked.longitude},${picked.latitude}` : null
    case 'column':
      return picked.column
  }
}

function sentenceOf(error: Error): string {
  return error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(' ') : error.message
}
