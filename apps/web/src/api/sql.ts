import type { QueryParameters, SchemaField, TableParams, WidgetModelResponse } from '@graticule/contract'
import { apiPath, sendRequest } from './client.ts'

/** The answer of the SQL API. */
export interface SqlResult {
  readonly rows: readonly Record<string, unknown>[]
  readonly schema: readonly SchemaField[]
  readonly meta?: Readonly<Record<string, unknown>>
}

/** Runs one statement on a connection; aborting cancels it in the warehouse. */
export function runSql(
  connectionName: string,
  body: { q: string; queryParameters?: QueryParameters },
  signal?: AbortSignal,
): Promise<SqlResult> {
  return sendRequest(`${apiPath('/v3/sql', connectionName)}/query`, { method: 'POST', body, signal })
}

/** One page of a table through the `table` widget model, sorted by the warehouse. */
export function readTablePage(
  connectionName: string,
  tableName: string,
  params: TableParams,
  signal?: AbortSignal,
): Promise<WidgetModelResponse> {
  return sendRequest(`${apiPath('/v3/sql', connectionName)}/model/table`, {
    method: 'POST',
    body: { type: 'table', source: tableName, params, queryParameters: '' },
    signal,
  })
}
