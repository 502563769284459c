import type { MapDataset, SourceDescription } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { describeQuery, tableQuery } from '../../../api/catalog.ts'

/** Reads what is known of a dataset: columns and ways to draw it. */
export function sourceDescriptionQuery(
  dataset: Pick<MapDataset, 'connectionName' | 'type' | 'source' | 'queryParameters'>,
) {
  return queryOptions<SourceDescription>({
    queryKey: [
      'builder',
      'describe',
      dataset.connectionName,
      dataset.type,
      dataset.source,
      dataset.queryParameters ?? null,
    ],
    queryFn: ({ signal, client }) =>
      dataset.type === 'table'
        ? client.fetchQuery(tableQuery(dataset.connectionName, dataset.source))
        : describeQuery(
            dataset.connectionName,
            {
              source: dataset.source,
              ...(dataset.queryParameters && { queryParameters: dataset.queryParameters }),
            },
            signal,
          ),
    staleTime: 5 * 60_000,
    retry: false,
  })
}

/** The query for the columns of a dataset; idle while there is none. */
export function useSourceColumns(dataset: MapDataset | undefined) {
  return {
    ...sourceDescriptionQuery(dataset ?? { connectionName: '', type: 'table', source: '' }),
    enabled: dataset !== undefined,
    select: (description: SourceDescription) => description.columns,
  }
}
