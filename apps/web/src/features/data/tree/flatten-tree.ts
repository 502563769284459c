import type { CatalogSchema, CatalogTable } from '@graticule/contract'

/** What is known of a part of the catalogue that loads on demand. */
export type Loaded<Item> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  /** It is read with a database login of one's own, which is missing. */
  | { readonly state: 'needs-login' }
  | { readonly state: 'ready'; readonly items: readonly Item[] }

/** The catalogue as far as it has been read; keys are made by `connectionKey` and `schemaKey`. */
export interface CatalogState {
  readonly connections: readonly string[]
  readonly schemas: ReadonlyMap<string, Loaded<CatalogSchema>>
  readonly tables: ReadonlyMap<string, Loaded<CatalogTable>>
  readonly expanded: ReadonlySet<string>
  /** Lower case or empty; shows only tables whose name contains it, with their parents open. */
  readonly filter: string
}

interface NodeCommon {
  readonly key: string
  readonly level: 1 | 2 | 3
  readonly label: string
}

/** One visible line of the tree. */
export type TreeNode =
  | (NodeCommon & { readonly kind: 'connection'; readonly isExpanded: boolean; readonly connection: string })
  | (NodeCommon & {
      readonly kind: 'schema'
      readonly isExpanded: boolean
      readonly connection: string
      readonly schema: string
      readonly tableCount: number
    })
  | (NodeCommon & { readonly kind: 'table'; readonly connection: string; readonly table: CatalogTable })
  | (NodeCommon & {
      readonly kind: 'note'
      readonly note: 'loading' | 'failed' | 'needs-login' | 'empty'
      readonly parent: string
      readonly connection: string
    })

export const connectionKey = (connection: string): string => JSON.stringify([connection])
export const schemaKey = (connection: string, schema: string): string => JSON.stringify([connection, schema])
export const tableKey = (connection: string, schema: string, table: string): string =>
  JSON.stringify([connection, schema, table])

/** The lines of the tree from top to bottom, as far as its branches are open and what is known of them. */
export function flattenTree(catalog: CatalogState): readonly TreeNode[] {
  return catalog.connections.flatMap((connection) => {
    const key = connectionKey(connection)
    const children = schemaLines(catalog, connection)
    const isExpanded = catalog.expanded.has(key) || (catalog.filter !== '' && children.length > 0)
    const line: TreeNode = { kind: 'connection', key, level: 1, label: connection, isExpanded, connection }
    return isExpanded ? [line, ...children] : [line]
  })
}

function schemaLines(catalog: CatalogState, connection: string): readonly TreeNode[] {
  const parent = connectionKey(connection)
  const loaded = catalog.schemas.get(parent)
  if (!loaded) return []
  if (loaded.state !== 'ready') return [noteLine(parent, connection, 2, loaded)]
  if (loaded.items.length === 0) return [noteLine(parent, connection, 2, { state: 'empty' })]
  return loaded.items.flatMap((schema) => {
    const key = schemaKey(connection, schema.name)
    const children = tableLines(catalog, connection, schema.name)
    if (catalog.filter !== '' && children.length === 0) return []
    const isExpanded = catalog.expanded.has(key) || catalog.filter !== ''
    const line: TreeNode = {
      kind: 'schema',
      key,
      level: 2,
      label: schema.name,
      isExpanded,
      connection,
      schema: schema.name,
      tableCount: schema.tableCount,
    }
    return isExpanded ? [line, ...children] : [line]
  })
}

function tableLines(catalog: CatalogState, connection: string, schema: string): readonly TreeNode[] {
  const parent = schemaKey(connection, schema)
  const loaded = catalog.tables.get(parent)
  if (!loaded) return []
  if (loaded.state !== 'ready') return [noteLine(parent, connection, 3, loaded)]
  if (loaded.items.length === 0)
    return catalog.filter === '' ? [noteLine(parent, connection, 3, { state: 'empty' })] : []
  return loaded.items
    .filter((table) => table.name.toLowerCase().includes(catalog.filter))
    .map((table) => ({
      kind: 'table',
      key: tableKey(connection, schema, table.name),
      level: 3,
      label: table.name,
      connection,
      table,
    }))
}

function noteLine(
  parent: string,
  connection: string,
  level: 2 | 3,
  loaded: { state: 'loading' } | { state: 'failed'; message: string } | { state: 'needs-login' } | { state: 'empty' },
): TreeNode {
  const label = loaded.state === 'failed' ? loaded.message : ''
  return { kind: 'note', key: `${parent}:note`, level, label, note: loaded.state, parent, connection }
}
