import { AppError, type Filters } from '@graticule/contract'
import type { SourceUse } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import type { WireParameters } from '../../http/wire-parameters.ts'

/** The endpoints of the maps API that open a source. */
export type SourceEndpoint = 'table' | 'query'

/**
 * What a client asked to see, complete and canonical: the tiles of a source follow from this and a tile address alone.
 * Stored behind a handle, so it holds nothing of who asked.
 */
export interface SourceDefinition {
  readonly source: Source
  /** A column, or `longitude,latitude`. */
  readonly spatialDataColumn: string
  /** Attributes that tiles carry; null for all. */
  readonly columns: readonly string[] | null
  readonly filters: Filters
  readonly tileResolution: number
  readonly withFeatureBbox: boolean
}

/** SQL above this many bytes is refused. */
export const MAX_SQL_BYTES = 1024 * 1024

const TILE_RESOLUTIONS: readonly number[] = [0.25, 0.5, 1, 2, 4]
const DEFAULT_TILE_RESOLUTION = 0.5

/** Reads the parameters of an instantiation as leniently as the real clients need; throws a sentence otherwise. */
export function readSourceDefinition(endpoint: SourceEndpoint, parameters: WireParameters): SourceDefinition {
  requireVectorSource(parameters.text('spatialDataType'))
  return {
    source: endpoint === 'table' ? readTable(parameters) : readQuery(parameters),
    spatialDataColumn: parameters.text('spatialDataColumn') ?? 'geom',
    columns: parameters.list('columns') ?? null,
    filters: parameters.filters(),
    tileResolution: readTileResolution(parameters),
    withFeatureBbox: parameters.boolean('featureBbox'),
  }
}

/** What the tiles of a definition hand out; columns that it does not name are `all` that there are, or those `declared`. */
export function useOfDefinition(definition: SourceDefinition, unnamed: 'all' | 'declared'): SourceUse {
  const { columns, filters, spatialDataColumn } = definition
  return {
    columns: columns ?? unnamed,
    spatialDataColumns: [spatialDataColumn],
    filters,
    expressions: [],
    question: null,
  }
}

/** Throws `payload_too_large` for SQL that is too long to be meant. */
export function checkSqlSize(sql: string): void {
  if (Buffer.byteLength(sql) <= MAX_SQL_BYTES) return
  throw new AppError('payload_too_large', 'The SQL is longer than 1 MB; put long lists into a table and join it.')
}

function readTable(parameters: WireParameters): Source {
  return { type: 'table', name: parameters.requiredText('name', 'the name of a table, as schema.table') }
}

function readQuery(parameters: WireParameters): Source {
  const sql = parameters.requiredText('q', 'a SQL query')
  checkSqlSize(sql)
  const queryParameters = parameters.queryParameters()
  return { type: 'query', sql, ...(queryParameters ? { parameters: queryParameters } : {}) }
}

/** Trajectories are points that carry an id and a time, so they need nothing of their own. */
function requireVectorSource(spatialDataType: string | undefined): void {
  switch (spatialDataType) {
    case undefined:
    case 'geo':
    case 'trajectory':
      return
    case 'h3':
    case 'h3int':
    case 'quadbin':
      throw new AppError(
        'not_implemented',
        `Sources of spatial indexes (${spatialDataType}) are not served by this version; use a geometry column with spatialDataType "geo".`,
      )
    default:
      throw new AppError('invalid_request', `The spatialDataType "${spatialDataType}" is not known; use "geo".`)
  }
}

function readTileResolution(parameters: WireParameters): number {
  const value = parameters.number('tileResolution') ?? DEFAULT_TILE_RESOLUTION
  if (TILE_RESOLUTIONS.includes(value)) return value
  throw new AppError('invalid_request', `The tileResolution must be one of ${TILE_RESOLUTIONS.join(', ')}.`)
}
