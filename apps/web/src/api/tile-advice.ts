import type { TileAdvice } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import type { CatalogSource } from './catalog.ts'
import { apiPath, sendRequest } from './client.ts'

/** Why the tiles of a source are slow; asked anew each time that somebody looks. */
export function tileAdviceQuery(source: CatalogSource, spatialDataColumn: string | undefined, mapId?: string) {
  const { connectionName, type, source: text, queryParameters } = source
  return queryOptions({
    queryKey: ['tile-advice', connectionName, type, text, queryParameters ?? null, spatialDataColumn ?? null],
    queryFn: ({ signal }) =>
      sendRequest<TileAdvice>(`${apiPath('/workspace-api/connections', connectionName)}/advice`, {
        method: 'POST',
        body: { type, source: text, queryParameters, spatialDataColumn, mapId },
        signal,
      }),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
}
