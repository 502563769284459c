import type { GeometryStats } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

/** The statistics of one column, as /v3/stats answers them. */
export type ColumnStats =
  | {
      readonly attribute: string
      readonly type: 'Number'
      readonly min: number | null
      readonly max: number | null
      readonly avg: number | null
      readonly sum: number | null
      /** Number of buckets → the n + 1 edges, minimum and maximum included. */
      readonly quantiles?: Readonly<Record<string, readonly number[]>>
    }
  | {
      readonly attribute: string
      readonly type: 'String' | 'Boolean'
      readonly categories: readonly { readonly category: string | boolean | null; readonly frequency: number }[]
    }
  | { readonly attribute: string; readonly type: 'Timestamp'; readonly min: string | null; readonly max: string | null }
  | ({ readonly attribute: string; readonly type: 'Geometry' } & Readonly<GeometryStats>)

/** The statistics of one column of a table; reads the table, so ask only when somebody looks. */
export function columnStatsQuery(
  connectionName: string,
  tableName: string,
  column: string,
  /** `geo`: the column, or a pair of columns, is meant as a geometry. */
  spatialDataType?: 'geo',
) {
  return queryOptions({
    queryKey: ['stats', connectionName, tableName, column, spatialDataType ?? null],
    queryFn: ({ signal }) =>
      sendRequest<ColumnStats>(apiPath('/v3/stats', connectionName, tableName, column), {
        query: { spatialDataType },
        signal,
      }),
    staleTime: 5 * 60_000,
    retry: false,
  })
}
