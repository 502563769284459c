import { type UseQueryResult, useQueries, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { readSchemas, readTables, schemasQuery, tablesQuery } from '../../../api/catalog.ts'
import { credentialRefusalOf } from '../../../map/credential-refusal.ts'
import { messages } from '../messages.ts'
import { type CatalogState, connectionKey, type Loaded, schemaKey } from './flatten-tree.ts'

/** While somebody searches, the tables of this many schemas of each connection are read. */
const SEARCHED_SCHEMAS = 60

/**
 * The catalogue as far as the tree shows it: schemas of the open connections and tables of the open schemas.
 * During a search every connection is read, up to a bound. `reload` asks the warehouse again.
 */
export function useCatalog(
  connections: readonly string[],
  expanded: ReadonlySet<string>,
  filter: string,
): CatalogState & { readonly reload: () => void } {
  const queryClient = useQueryClient()
  const openConnections = filter ? connections : connections.filter((name) => expanded.has(connectionKey(name)))
  const schemaResults = useQueries({
    queries: openConnections.map((name) => ({ ...schemasQuery(name), retry: false })),
  })
  const schemas = new Map(
    openConnections.map((name, index) => [connectionKey(name), toLoaded(schemaResults[index])] as const),
  )
  const openSchemas = openConnections.flatMap((connection) => {
    const loaded = schemas.get(connectionKey(connection))
    if (loaded?.state !== 'ready') return []
    const names = loaded.items.map(({ name }) => name)
    const wanted = filter
      ? names.slice(0, SEARCHED_SCHEMAS)
      : names.filter((name) => expanded.has(schemaKey(connection, name)))
    return wanted.map((schema) => ({ connection, schema }))
  })
  const tableResults = useQueries({
    queries: openSchemas.map(({ connection, schema }) => ({ ...tablesQuery(connection, schema), retry: false })),
  })
  const tables = new Map(
    openSchemas.map(({ connection, schema }, index) => [schemaKey(connection, schema), toLoaded(tableResults[index])]),
  )
  const reload = () => {
    for (const name of openConnections) {
      const { queryKey } = schemasQuery(name)
      void queryClient.fetchQuery({ queryKey, queryFn: () => readSchemas(name, true), staleTime: 0, retry: false })
    }
    for (const { connection, schema } of openSchemas) {
      const { queryKey } = tablesQuery(connection, schema)
      const queryFn = () => readTables(connection, schema, true)
      void queryClient.fetchQuery({ queryKey, queryFn, staleTime: 0, retry: false })
    }
  }
  return {
    connections,
    schemas,
    tables,
    expanded,
    filter,
    reload,
  }
}

function toLoaded<Item>(result: UseQueryResult<Item[]> | undefined): Loaded<Item> {
  if (result?.data) return { state: 'ready', items: result.data }
  if (!result?.isError) return { state: 'loading' }
  if (credentialRefusalOf(result.error)?.kind === 'needed') return { state: 'needs-login' }
  return { state: 'failed', message: result.error instanceof ApiError ? result.error.message : messages.failedNode }
}
