import type { MapDocument } from '@graticule/contract'
import type { Audience, Predicate, UserPrincipal } from '@graticule/policy'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { audienceColumn, containersColumn, type NamedContainer } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import { groupIdsColumn } from '../../platform/db/group-ids-column.ts'
import type { Database, MapChanges, NewMap } from '../../platform/db/tables.ts'
import type { MapFacts, MapRecord } from './map-record.ts'

type Reader = Kysely<Database> | Transaction<Database>

/** One map that is not deleted, of whichever organization; the caller decides whether it may be known. */
export async function findMap(db: Reader, id: string): Promise<MapRecord | null> {
  const row = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .leftJoin('users as publishers', 'publishers.id', 'maps.published_by')
    .selectAll('maps')
    .select(audienceColumn('map').as('audience'))
    .select(FACTS)
    .select('publishers.name as publisher_name')
    .where('maps.id', '=', id)
    .where('maps.deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  const { published_document, published_revision, published_at } = row
  return {
    ...factsOf(row),
    publicTokenVersion: row.public_token_version,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
    draft: { revision: row.revision, document: row.document, updatedAt: row.updated_at },
    published:
      published_document === null || published_revision === null || published_at === null
        ? null
        : {
            revision: published_revision,
            document: published_document,
            updatedAt: published_at,
            by: row.publisher_name,
          },
  }
}

/** The owner of a map as they would ask for its data themselves; null for one who may not sign in any more. */
export async function findMapOwner(db: Reader, id: string): Promise<UserPrincipal | null> {
  const row = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select(['maps.organization_id', 'maps.owner_id', 'users.role', 'users.disabled_at'])
    .select(groupIdsColumn().as('group_ids'))
    .where('maps.id', '=', id)
    .executeTakeFirst()
  return row ? ownerFromRow(row) : null
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

/** Changes what does not count as an edit: the public token, what is published, how it opens, and deletion. */
export async function changeMap(transaction: Reader, id: string, changes: MapChanges): Promise<boolean> {
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

/** Puts all maps that are in these folders to the top. */
export async function releaseMaps(transaction: Reader, projectIds: readonly string[]) {
  return transaction
    .updateTable('maps')
    .set({ project_id: null })
    .where('project_id', 'in', projectIds)
    .where('deleted_at', 'is', null)
    .returning(['id', 'title'])
    .execute()
}

/** How many of the maps that the predicate shows are right in each folder. */
export async function countMapsByProject(db: Reader, visible: Predicate): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('maps')
    .select(['project_id', sql<number>`count(*)::integer`.as('count')])
    .where('deleted_at', 'is', null)
    .where('project_id', 'is not', null)
    .where(compilePredicate(visible, 'map'))
    .groupBy('project_id')
    .execute()
  return new Map(rows.map(({ project_id: id, count }) => [id ?? '', count]))
}

/**
 * Maps of an organization with a dataset on one of these connection names: in the draft, which `isDrawn` tells, or in
 * what was published last.
 */
export async function listMapsOnConnection(db: Reader, organizationId: string, names: readonly string[]) {
  const draws = (column: 'document' | 'published_document') =>
    sql<boolean>`(${sql.join(
      names.map((connectionName) => hasDataset(column, { connectionName })),
      sql` OR `,
    )})`
  const rows = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select(FACTS)
    .select(['maps.title', draws('document').as('is_drawn')])
    .select(audienceColumn('map').as('audience'))
    .where('maps.organization_id', '=', organizationId)
    .where('maps.deleted_at', 'is', null)
    .where(sql<boolean>`(${draws('document')} OR coalesce(${draws('published_document')}, false))`)
    .orderBy('maps.title')
    .execute()
  return rows.map((row) => ({ facts: factsOf(row), title: row.title, isDrawn: row.is_drawn }))
}

/** All maps of an organization, deleted ones too, that draw from one of these names; they stay until the transaction ends. */
export async function lockMapsOnConnection(transaction: Reader, organizationId: string, names: readonly string[]) {
  const draws = (column: 'document' | 'published_document') =>
    sql.join(
      names.map((connectionName) => hasDataset(column, { connectionName })),
      sql` OR `,
    )
  return transaction
    .selectFrom('maps')
    .select(['id', 'title', 'document', 'published_document', 'revision', 'published_revision'])
    .where('organization_id', '=', organizationId)
    .where(sql<boolean>`(${draws('document')} OR coalesce(${draws('published_document')}, false))`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Changes a map that is locked, deleted or not. */
export async function rewriteMap(transaction: Reader, id: string, changes: MapChanges): Promise<void> {
  await transaction.updateTable('maps').set(changes).where('id', '=', id).execute()
}

/** A map that draws from a connection, with its owner as they would ask for its data themselves. */
export interface DrawingMap {
  /** What was published last, and the draft where that is read. */
  readonly documents: readonly MapDocument[]
  readonly id: string
  /** Null for an owner who may not sign in any more. */
  readonly owner: UserPrincipal | null
}

/** A table or a query by its text. */
interface SourceText {
  readonly type: 'table' | 'query'
  readonly source: string
}

/**
 * The maps that the first predicate shows with a dataset like this one. It is looked for in what was published last, and
 * in the draft only where the second predicate holds.
 */
export async function listMapsDrawing(
  db: Reader,
  visible: Predicate,
  draft: Predicate,
  dataset: SourceText,
): Promise<DrawingMap[]> {
  const isDraftRead = compilePredicate(draft, 'map')
  const rows = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select([
      'maps.published_document',
      sql<MapDocument | null>`CASE WHEN ${isDraftRead} THEN maps.document END`.as('draft'),
      'maps.id',
      'maps.organization_id',
      'maps.owner_id',
      'users.role',
      'users.disabled_at',
    ])
    .select(groupIdsColumn().as('group_ids'))
    .where('maps.deleted_at', 'is', null)
    .where(compilePredicate(visible, 'map'))
    .where(hasReadDataset(draft, dataset))
    .limit(100)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    documents: [row.published_document, row.draft].filter((document) => document !== null),
    owner: ownerFromRow(row),
  }))
}

/** Whether any map of those that `listMapsDrawing` looks at draws from the connection. */
export async function draws(
  db: Reader,
  visible: Predicate,
  draft: Predicate,
  dataset: { readonly connectionName: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('maps')
    .select('maps.id')
    .where('maps.deleted_at', 'is', null)
    .where(compilePredicate(visible, 'map'))
    .where(hasReadDataset(draft, dataset))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function hasReadDataset(draft: Predicate, dataset: object): RawBuilder<boolean> {
  return sql<boolean>`(${hasDataset('published_document', dataset)} OR (
    ${hasDataset('document', dataset)} AND ${compilePredicate(draft, 'map')}))`
}

function ownerFromRow(row: {
  readonly owner_id: string
  readonly organization_id: string
  readonly role: UserPrincipal['role']
  readonly disabled_at: Date | null
  readonly group_ids: readonly string[]
}): UserPrincipal | null {
  if (row.disabled_at !== null) return null
  const { owner_id: userId, organization_id: organizationId, role, group_ids: groupIds } = row
  return { kind: 'user', userId, organizationId, role, groupIds, sessionId: 'none' }
}

/** The owner of maps as they would ask for their data themselves; null when they may not sign in any more. */
export async function findOwner(db: Reader, id: string): Promise<UserPrincipal | null> {
  const row = await db
    .selectFrom('users')
    .select(['organization_id', 'role'])
    .select(groupIdsColumn().as('group_ids'))
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row
    ? {
        kind: 'user',
        userId: id,
        organizationId: row.organization_id,
        role: row.role,
        groupIds: row.group_ids,
        sessionId: 'none',
      }
    : null
}

/** Those of these maps that are not deleted. */
export async function listMapsById(db: Reader, ids: readonly string[]) {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('maps')
    .innerJoin('users', 'users.id', 'maps.owner_id')
    .select(['maps.title', 'maps.published_title'])
    .select(FACTS)
    .select(audienceColumn('map').as('audience'))
    .where('maps.id', 'in', ids)
    .where('maps.deleted_at', 'is', null)
    .orderBy(sql<string>`lower(maps.title)`)
    .execute()
  return rows.map((row) => ({ facts: factsOf(row), title: row.title, publishedTitle: row.published_title }))
}

/** What `factsOf` needs besides the audience, of a query on maps with their owners as `users`. */
const FACTS = [
  'maps.id',
  'maps.organization_id',
  'maps.owner_id',
  'maps.is_listed',
  'maps.is_collaborative',
  'users.name as owner_name',
  'users.email as owner_email',
  sql<boolean>`maps.password_hash IS NOT NULL`.as('has_password'),
  containersColumn('map').as('containers'),
] as const

/** The same for a query that is written out. */
export const FACTS_COLUMNS = FACTS.map((column) => (typeof column === 'string' ? sql.raw(column) : column))

/** What `FACTS` and the audience of a map are read as. */
export interface FactsRow {
  readonly id: string
  readonly organization_id: string
  readonly owner_id: string
  readonly owner_name: string
  readonly owner_email: string
  readonly audience: Audience
  readonly containers: readonly NamedContainer[]
  readonly is_listed: boolean
  readonly is_collaborative: boolean
  readonly has_password: boolean
}

/** The facts about a map from its row. */
export function factsOf(row: FactsRow): MapFacts {
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    audience: row.audience,
    containers: row.containers,
    isListed: row.is_listed,
    isCollaborative: row.is_collaborative,
    hasPassword: row.has_password,
  }
}

function hasDataset(column: 'document' | 'published_document', dataset: object): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`maps.${column}`)} -> 'datasets' @> ${JSON.stringify([dataset])}::jsonb`
}
