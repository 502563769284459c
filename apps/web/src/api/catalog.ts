import type {
  CatalogSchema,
  CatalogTable,
  MapDataset,
  QueryParameters,
  SourceDescription,
  SpatialColumn,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

function connectionPath(connectionName: string): string {
  return apiPath('/workspace-api/connections', connectionName)
}

/** The schemas of a connection; `refresh` asks the warehouse even when the server remembers. */
export async function readSchemas(connectionName: string, refresh: boolean, signal?: AbortSignal) {
  const path = `${connectionPath(connectionName)}/schemas`
  const query = { refresh: refresh || undefined }
  return (await sendRequest<{ schemas: CatalogSchema[] }>(path, { query, signal })).schemas
}

/** The tables and views of a schema; `refresh` asks the warehouse even when the server remembers. */
export async function readTables(connectionName: string, schema: string, refresh: boolean, signal?: AbortSignal) {
  const path = `${apiPath(`${connectionPath(connectionName)}/schemas`, schema)}/tables`
  const query = { refresh: refresh || undefined }
  return (await sendRequest<{ tables: CatalogTable[] }>(path, { query, signal })).tables
}

/** The schemas of a connection. */
export function schemasQuery(connectionName: string) {
  return queryOptions({
    queryKey: ['catalog', connectionName, 'schemas'],
    queryFn: ({ signal }) => readSchemas(connectionName, false, signal),
    staleTime: 60_000,
  })
}

/** The tables and views of a schema. */
export function tablesQuery(connectionName: string, schema: string) {
  return queryOptions({
    queryKey: ['catalog', connectionName, 'tables', schema],
    queryFn: ({ signal }) => readTables(connectionName, schema, false, signal),
    staleTime: 60_000,
  })
}

/** Columns, detected spatial forms and size of one table; `tableName` is `schema.table`. */
export function tableQuery(connectionName: string, tableName: string) {
  return queryOptions({
    queryKey: ['catalog', connectionName, 'table', tableName],
    queryFn: ({ signal }) =>
      sendRequest<SourceDescription>(apiPath(`${connectionPath(connectionName)}/tables`, tableName), { signal }),
    staleTime: 60_000,
  })
}

/** The same for a query. Throws `invalid_query` with the warehouse's position and hint. */
export function describeQuery(
  connectionName: string,
  body: { source: string; queryParameters?: QueryParameters; spatialDataColumn?: string; mapId?: string },
  signal?: AbortSignal,
): Promise<SourceDescription> {
  return sendRequest(`${connectionPath(connectionName)}/describe`, { method: 'POST', body, signal })
}

/** A table, or a query with its parameters, of a connection. */
export type CatalogSource = Pick<MapDataset, 'connectionName' | 'type' | 'source' | 'queryParameters'>

/** What a column, or a pair `longitude,latitude`, that was not detected holds. Fails with the sentence why it is no geometry. */
export function spatialColumnQuery(source: CatalogSource, spatialDataColumn: string) {
  const { connectionName, type, source: text, queryParameters } = source
  return queryOptions({
    queryKey: ['catalog', connectionName, 'spatial', type, text, queryParameters ?? null, spatialDataColumn],
    queryFn: async ({ signal }): Promise<SpatialColumn> => {
      const { spatialColumns } =
        type === 'table'
          ? await sendRequest<SourceDescription>(apiPath(`${connectionPath(connectionName)}/tables`, text), {
              query: { spatialDataColumn },
              signal,
            })
          : await describeQuery(
              connectionName,
              { source: text, spatialDataColumn, ...(queryParameters && { queryParameters }) },
              signal,
            )
      const found = spatialColumns.find((each) => each.spatialDataColumn === spatialDataColumn)
      if (!found) throw new Error(`The server did not say what "${spatialDataColumn}" holds.`)
      return found
    },
    staleTime: 60_000,
    retry: false,
  })
}
