import type { TableParams, WidgetModelResponse } from '@graticule/contract'
import { apiPath, sendRequest } from './client.ts'

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
