import type { SQLNamespace } from '@codemirror/lang-sql'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { schemasQuery, tableQuery, tablesQuery } from '../../../api/catalog.ts'

/** Tables whose columns are read for completion; only those that the text names. */
const MAX_TABLES = 12

/** Schemas, their tables, and the columns of the tables that the text names, for the editor to complete. */
export function useCatalogNamespace(connectionName: string, text: string): SQLNamespace {
  const schemas = useQuery({ ...schemasQuery(connectionName), enabled: connectionName !== '' }).data
  const schemaNames = (schemas ?? []).slice(0, 20).map((schema) => schema.name)
  const tables = useQueries({ queries: schemaNames.map((schema) => tablesQuery(connectionName, schema)) })
  const tableNames = tables.flatMap((query) => (query.data ?? []).map((table) => `${table.schema}.${table.name}`))
  const words = new Set(text.toLowerCase().match(/[a-z_][\w$]*/g) ?? [])
  const named = tableNames.filter((name) => words.has(name.split('.')[1]?.toLowerCase() ?? '')).slice(0, MAX_TABLES)
  const described = useQueries({ queries: named.map((name) => tableQuery(connectionName, name)) })
  const columns = described.map((query) => query.data?.columns)
  // The query results are new arrays each time; their text names what completion depends on.
  const key = JSON.stringify([tableNames, named, columns.map((each) => each?.length ?? 0)])
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  return useMemo(() => {
    const namespace: Record<string, Record<string, string[]>> = {}
    for (const name of tableNames) {
      const [schema = '', table = ''] = name.split('.')
      const index = named.indexOf(name)
      namespace[schema] ??= {}
      namespace[schema][table] = (columns[index] ?? []).map((column) => column.name)
    }
    return namespace
  }, [key])
}
