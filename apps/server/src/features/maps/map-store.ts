import type { MapDocument, MapListQuery, UserSummary } from '@graticule/contract'
import type { Audience, Predicate, UserPrincipal } from '@graticule/policy'
import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { audienceColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import { groupIdsColumn } from '../../platform/db/group-ids-column.ts'
import type { Database, MapChanges, NewMap } from '../../platform/db/tables.ts'
import type { MapRecord } from './map-record.ts'

type Reader = Kysely<Database> | Transaction<Database>

/** What a list shows of a map; its document stays in the store. */
export interface ListedMap {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly title: string
  readonly description: string
  readonly audience: Audience
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly layerCount: number
  readonly connectionNames: readonly string[]
}

/** One page of the maps that the predicate shows, and how many there are in all; the query's scope is the predicate's. */
export async function listMaps(
  db: Reader,
  visible: Predicate,
  query: MapListQuery,
): Promise<{ maps: ListedMap[]; total: number }> {
  const { total } = await narrow(db.selectFrom('maps'), visible, query)
    .select((select) => select.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  const pageSize = query.pageSize ?? 50
  const order = query.orderBy ?? 'updatedAt'
  const direction = query.orderDirection ?? (order === 'title' ? 'asc' : 'desc')
  const rows = await narrow(db.selectFrom('maps').innerJoin('users', 'users.id', 'maps.owner_id'), visible, query)
    .select(audienceColumn('map').as('audience'))
    .select([
      'maps.id',
      'maps.organization_id',
      'maps.title',
      'maps.description',
      'maps.created_at',
      'maps.updated_at',
      'maps.owner_id',
      'users.name as owner_name',
      'users.email as owner_email',
      sql<number>`jsonb_array_length(maps.document #> '{keplerMapConfig,config,visState,layers}')`.as('layer_count'),
      sql<string[]>`jsonb_path_query_array(maps.document, '$.datasets[*].connectionName')`.as('connection_names'),
    ])
    .orderBy(ORDER[order], direction)
    .orderBy('maps.id')
    .limit(pageSize)
    .offset(((query.page ?? 1) - 1) * pageSize)
    .execute()
  const maps = rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    title: row.title,
    description: row.description,
    audience: row.audience,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    layerCount: row.layer_count,
    connectionNames: [...new Set(row.connection_names)].sort(),
  }))
  return { maps, total: Number(total) }
}

/** One map that is not deleted, of whichever organization; the caller decides whether it may be known. */
export async function findMap(db: Reader, id: string): Promise<MapRecord | null> {
  const row = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .selectAll('maps')
    .select(audienceColumn('map').as('audience'))
    .select(['users.name as owner_name', 'users.email as owner_email'])
    .where('maps.id', '=', id)
    .where('maps.deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    audience: row.audience,
    publicTokenVersion: row.public_token_version,
    revision: row.revision,
    document: row.document,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export async function insertMap(transaction: Transaction<Database>, row: NewMap): Promise<void> {
  await transaction.insertInto('maps').values(row).execute()
}

/** Changes a map and makes its revision one larger; false when it is gone or no longer at `revision`. */
export async function updateMap(
  transaction: Transaction<Database>,
  id: string,
  revision: number,
  changes: MapChanges,
): Promise<boolean> {
  const result = await transaction
    .updateTable('maps')
    .set({ ...changes, revision: revision + 1 })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** The map stays as it is, and so does its audience, until the transaction ends. */
export async function lockMap(transaction: Reader, id: string): Promise<void> {
  await transaction.selectFrom('maps').select('id').where('id', '=', id).forUpdate().execute()
}

/** Changes what does not count as an edit: the public token and deletion. */
export async function changeMap(transaction: Transaction<Database>, id: string, changes: MapChanges): Promise<boolean> {
  const result = await transaction
    .updateTable('maps')
    .set(changes)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Gives all maps of one owner, deleted ones too, to another, with their sharing as it is. */
export async function transferMaps(transaction: Reader, fromId: string, toId: string) {
  return transaction
    .updateTable('maps')
    .set({ owner_id: toId })
    .where('owner_id', '=', fromId)
    .returning(['id', 'title', 'organization_id'])
    .execute()
}

/** Maps of an organization with a dataset on one of these connection names. */
export async function listMapsOnConnection(db: Reader, organizationId: string, names: readonly string[]) {
  return db
    .selectFrom('maps')
    .select(['id', 'title', 'owner_id', 'organization_id'])
    .select(audienceColumn('map').as('audience'))
    .where('organization_id', '=', organizationId)
    .where('deleted_at', 'is', null)
    .where((where) =>
      where.or(
        names.map(
          (name) => sql<boolean>`document -> 'datasets' @> ${JSON.stringify([{ connectionName: name }])}::jsonb`,
        ),
      ),
    )
    .orderBy('title')
    .execute()
}

/** A map that draws from a connection, with its owner as they would ask for its data themselves. */
export interface DrawingMap {
  readonly datasets: MapDocument['datasets']
  /** Null for an owner who may not sign in any more. */
  readonly owner: UserPrincipal | null
}

/** A table or a query by its text. */
interface SourceText {
  readonly type: 'table' | 'query'
  readonly source: string
}

/** The maps that the predicate shows with a dataset like this one: of a connection, or that reads a source. */
export async function listMapsDrawing(
  db: Reader,
  visible: Predicate,
  dataset: SourceText | { readonly connectionName: string },
): Promise<DrawingMap[]> {
  const rows = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select([
      sql<MapDocument['datasets']>`maps.document -> 'datasets'`.as('datasets'),
      'maps.organization_id',
      'maps.owner_id',
      'users.role',
      'users.disabled_at',
    ])
    .select(groupIdsColumn().as('group_ids'))
    .where('maps.deleted_at', 'is', null)
    .where(compilePredicate(visible, 'map'))
    .where(sql<boolean>`maps.document -> 'datasets' @> ${JSON.stringify([dataset])}::jsonb`)
    .limit(100)
    .execute()
  return rows.map((row) => ({
    datasets: row.datasets,
    owner:
      row.disabled_at === null
        ? {
            kind: 'user',
            userId: row.owner_id,
            organizationId: row.organization_id,
            role: row.role,
            groupIds: row.group_ids,
            sessionId: 'none',
          }
        : null,
  }))
}

/** Those of these maps that are not deleted. */
export async function listMapsById(db: Reader, ids: readonly string[]) {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select(['maps.id', 'maps.title', 'maps.organization_id', 'maps.owner_id'])
    .select(['users.name as owner_name', 'users.email as owner_email'])
    .select(audienceColumn('map').as('audience'))
    .where('maps.id', 'in', ids)
    .where('maps.deleted_at', 'is', null)
    .orderBy(ORDER.title)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    title: row.title,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    audience: row.audience,
  }))
}

const ORDER = {
  updatedAt: 'maps.updated_at',
  createdAt: 'maps.created_at',
  title: sql<string>`lower(maps.title)`,
} as const

function narrow<Tables extends keyof Database, Row>(
  builder: SelectQueryBuilder<Database, Tables | 'maps', Row>,
  visible: Predicate,
  query: MapListQuery,
): SelectQueryBuilder<Database, Tables | 'maps', Row> {
  let narrowed = builder.where(sql<boolean>`maps.deleted_at IS NULL`).where(compilePredicate(visible, 'map'))
  const search = query.search?.trim()
  if (search) {
    const pattern = `%${search.replace(/[\\%_]/g, (special) => `\\${special}`)}%`
    narrowed = narrowed.where(sql<boolean>`(maps.title ILIKE ${pattern} OR maps.description ILIKE ${pattern})`)
  }
  return narrowed
}
