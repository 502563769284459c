import type { MapDocument, MapListQuery, Privacy, UserSummary } from '@graticule/contract'
import type { Predicate } from '@graticule/policy'
import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
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
  readonly privacy: Privacy
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly layerCount: number
  readonly connectionNames: readonly string[]
}

/** One page of the maps that the predicate shows, and how many there are in all. */
export async function listMaps(
  db: Reader,
  visible: Predicate,
  userId: string,
  query: MapListQuery,
): Promise<{ maps: ListedMap[]; total: number }> {
  const { total } = await narrow(db.selectFrom('maps'), visible, userId, query)
    .select((select) => select.fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow()
  const pageSize = query.pageSize ?? 50
  const order = query.orderBy ?? 'updatedAt'
  const direction = query.orderDirection ?? (order === 'title' ? 'asc' : 'desc')
  const rows = await narrow(
    db.selectFrom('maps').innerJoin('users', 'users.id', 'maps.owner_id'),
    visible,
    userId,
    query,
  )
    .select([
      'maps.id',
      'maps.organization_id',
      'maps.title',
      'maps.description',
      'maps.privacy',
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
    privacy: row.privacy,
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
    .select(['users.name as owner_name', 'users.email as owner_email'])
    .where('maps.id', '=', id)
    .where('maps.deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    privacy: row.privacy,
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

/** Changes what does not count as an edit: privacy and deletion. */
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
    .select(['id', 'title', 'owner_id', 'privacy', 'organization_id'])
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

/** The datasets of maps that the predicate shows and that read this text (table name or SQL). */
export async function listDatasetsReading(
  db: Reader,
  visible: Predicate,
  type: 'table' | 'query',
  source: string,
): Promise<MapDocument['datasets'][]> {
  const rows = await db
    .selectFrom('maps')
    .select(sql<MapDocument['datasets']>`document -> 'datasets'`.as('datasets'))
    .where('deleted_at', 'is', null)
    .where(compilePredicate(visible, 'maps'))
    .where(sql<boolean>`document -> 'datasets' @> ${JSON.stringify([{ type, source }])}::jsonb`)
    .limit(100)
    .execute()
  return rows.map((row) => row.datasets)
}

const ORDER = {
  updatedAt: 'maps.updated_at',
  createdAt: 'maps.created_at',
  title: sql<string>`lower(maps.title)`,
} as const

function narrow<Tables extends keyof Database, Row>(
  builder: SelectQueryBuilder<Database, Tables | 'maps', Row>,
  visible: Predicate,
  userId: string,
  query: MapListQuery,
): SelectQueryBuilder<Database, Tables | 'maps', Row> {
  let narrowed = builder.where(sql<boolean>`maps.deleted_at IS NULL`).where(compilePredicate(visible, 'maps'))
  if (query.scope === 'mine') narrowed = narrowed.where(sql<boolean>`maps.owner_id = ${userId}`)
  if (query.scope === 'shared') narrowed = narrowed.where(sql<boolean>`maps.owner_id <> ${userId}`)
  const search = query.search?.trim()
  if (search) {
    const pattern = `%${search.replace(/[\\%_]/g, (special) => `\\${special}`)}%`
    narrowed = narrowed.where(sql<boolean>`(maps.title ILIKE ${pattern} OR maps.description ILIKE ${pattern})`)
  }
  return narrowed
}
