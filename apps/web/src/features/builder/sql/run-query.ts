import { AUDIT_TAGS, WidgetQuerySource } from '@carto/api-client'
import type { SourceDescription } from '@graticule/contract'
import { ApiError } from '../../../api/api-error.ts'
import { describeQuery } from '../../../api/catalog.ts'
import { authOptions, type DataAccess } from '../../../map/data-access.ts'
import type { SqlFailure } from './sql-editor.tsx'

/** Rows that a run shows; the map draws all. */
export const PREVIEW_ROWS = 100

/** What a run of the editor answered. */
export interface QueryRun {
  readonly text: string
  readonly description: SourceDescription
  readonly rows: readonly Record<string, unknown>[]
  readonly totalCount: number
  readonly durationMs: number
}

/**
 * Describes a query (columns, geometry) and reads its first rows. Throws `ApiError` with the warehouse's position;
 * aborting cancels the statement in the warehouse.
 */
export async function runQuery(
  connectionName: string,
  text: string,
  access: DataAccess,
  signal: AbortSignal,
): Promise<QueryRun> {
  const startedAt = performance.now()
  const description = await describeQuery(connectionName, { source: text, mapId: access.mapId }, signal)
  const spatial = description.spatialColumns[0]
  const source = new WidgetQuerySource({
    ...authOptions(access),
    apiBaseUrl: access.apiBaseUrl,
    connectionName,
    sqlQuery: text,
    spatialDataType: 'geo',
    spatialDataColumn: spatial?.spatialDataColumn ?? 'geom',
    ...(access.mapId && { tags: { [AUDIT_TAGS.mapId]: access.mapId } }),
  })
  const columns = description.columns.filter((column) => column.type !== 'geometry').map((column) => column.name)
  const { rows, totalCount } =
    columns.length > 0
      ? await source.getTable({ columns, limit: PREVIEW_ROWS, offset: 0, signal })
      : { rows: [], totalCount: description.rowEstimate ?? 0 }
  return { text, description, rows, totalCount: Number(totalCount), durationMs: performance.now() - startedAt }
}

/** What went wrong and where, for the editor. */
export function failureOf(error: unknown): SqlFailure {
  if (!(error instanceof ApiError)) {
    return { message: error instanceof Error ? error.message : String(error), place: null }
  }
  const { position, line, column } = (error.details ?? {}) as Record<string, unknown>
  const isPlaced = typeof position === 'number' && typeof line === 'number' && typeof column === 'number'
  return {
    message: [error.message, error.hint].filter(Boolean).join(' '),
    place: isPlaced ? { position, line, column } : null,
  }
}
