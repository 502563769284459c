import type { MapListQuery, Privacy, UserSummary } from '@graticule/contract'
import type { Predicate } from '@graticule/policy'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { audienceColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'
import { hasTag, isFavouriteColumn, tagsColumn } from '../../platform/db/mark-columns.ts'
import { soughtWords } from '../../platform/search/search-words.ts'
import type { Marks } from '../library/marks.ts'
import type { MapFacts } from './map-record.ts'
import { FACTS_COLUMNS, type FactsRow, factsOf } from './map-store.ts'

/** What a list shows of a map, in the version that the asker meets; its document stays in the store. */
export interface ListedMap extends MapFacts, Marks {
  readonly title: string
  readonly description: string
  readonly publishedAt: Date | null
  /** Whether the draft is ahead of what was published last. */
  readonly isAhead: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly layerCount: number
  readonly connectionNames: readonly string[]
}

/** Who reads a list of maps, as far as it is not in the predicate of what they see. */
export interface MapReader {
  readonly userId: string
  readonly organizationId: string
  /** Of which maps they meet the draft; the others are shown, found and sorted as they were published last. */
  readonly draft: Predicate
  /** Whether they find maps by the names and addresses of their owners. */
  readonly findsOwners: boolean
}

type Row = { readonly total: number } & (
  | (FactsRow & {
      readonly title: string
      readonly description: string
      readonly created_at: Date
      readonly updated_at: Date
      readonly published_at: Date | null
      readonly is_ahead: boolean
      readonly layer_count: number
      readonly connection_names: string[]
      readonly tags: string[]
      readonly is_favourite: boolean
    })
  /** There is nothing on the page. */
  | { readonly id: null }
)

/** One page of the maps that the predicate shows, and how many there are in all; `mine` and `shared` are the predicate's. */
export async function listMaps(
  db: Store,
  visible: Predicate,
  reader: MapReader,
  query: MapListQuery,
): Promise<{ maps: ListedMap[]; total: number }> {
  const { rows } = await selectMaps(visible, reader, query).execute(db)
  const maps = rows.flatMap((row): ListedMap[] => {
    if (row.id === null) return []
    return [
      {
        ...factsOf(row),
        title: row.title,
        description: row.description,
        publishedAt: row.published_at,
        isAhead: row.is_ahead,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        layerCount: row.layer_count,
        connectionNames: [...new Set(row.connection_names)].sort(),
        tags: row.tags,
        isFavourite: row.is_favourite,
      },
    ]
  })
  return { maps, total: rows[0]?.total ?? 0 }
}

/** The owners of the maps that the predicate shows. */
export async function listMapOwners(db: Store, visible: Predicate): Promise<UserSummary[]> {
  const { rows } = await sql<UserSummary>`
    SELECT users.id, users.name, users.email FROM users
    WHERE users.id IN (SELECT maps.owner_id FROM maps WHERE maps.deleted_at IS NULL AND ${compilePredicate(visible, 'map')})
    ORDER BY lower(users.name), users.id`.execute(db)
  return rows
}

/**
 * The statement of one page. The maps that match are gone through once, for the page and the count alike, with no more
 * than what an index holds of them; everything else is read for the page alone.
 */
export function selectMaps(visible: Predicate, reader: MapReader, query: MapListQuery): RawBuilder<Row> {
  const pageSize = query.pageSize ?? 50
  const order = query.orderBy ?? (query.scope === 'recent' ? 'openedAt' : 'updatedAt')
  // What was never opened comes last either way.
  const direction = query.orderDirection ?? (order === 'title' ? 'asc' : 'desc')
  const opens =
    order === 'openedAt' || query.scope === 'recent'
      ? sql`LEFT JOIN recent_opens ON recent_opens.user_id = ${reader.userId}
          AND recent_opens.asset_kind = 'map' AND recent_opens.asset_id = maps.id`
      : sql``
  const words = soughtWords(query.search ?? '').map((word, index) => seekWord(word, index, reader))
  const shown = (drafted: string, published: string) =>
    sql`CASE WHEN page.is_draft THEN ${sql.ref(`maps.${drafted}`)} ELSE ${sql.ref(`maps.${published}`)} END`
  const document = shown('document', 'published_document')
  return sql<Row>`
    WITH candidates AS MATERIALIZED (
      SELECT maps.id, (maps.published_at IS NULL OR ${compilePredicate(reader.draft, 'map')}) AS is_draft,
        ${sql.join([...ORDERS[order].columns, ...words.flatMap(({ columns }) => columns)])}
      FROM maps ${opens}
      WHERE maps.deleted_at IS NULL AND ${compilePredicate(visible, 'map')}
      AND ${sql.join([sql`true`, ...narrow(reader, query), ...words.map(({ mayMatch }) => mayMatch)], sql` AND `)}
    ), found AS MATERIALIZED (
      SELECT id, is_draft, ${ORDERS[order].position} AS position FROM candidates
      WHERE ${sql.join([sql`true`, ...words.map(({ matches }) => matches)], sql` AND `)}
    ), page AS (
      SELECT id, is_draft, position FROM found
      ORDER BY position ${sql.raw(direction)} NULLS LAST, id
      LIMIT ${pageSize} OFFSET ${((query.page ?? 1) - 1) * pageSize}
    )
    SELECT counted.total, ${sql.join(FACTS_COLUMNS)}, ${audienceColumn('map')} AS audience,
      maps.created_at, maps.published_at, ${shown('title', 'published_title')} AS title,
      ${shown('description', 'published_description')} AS description,
      ${shown('updated_at', 'published_at')} AS updated_at,
      coalesce(maps.published_revision <> maps.revision, false) AS is_ahead,
      jsonb_array_length(${document} #> '{keplerMapConfig,config,visState,layers}') AS layer_count,
      jsonb_path_query_array(${document}, '$.datasets[*].connectionName') AS connection_names,
      ${tagsColumn('map')} AS tags,
      ${isFavouriteColumn('map', reader.userId)} AS is_favourite
    FROM (SELECT count(*)::integer AS total FROM found) AS counted
    LEFT JOIN page ON true
    LEFT JOIN maps ON maps.id = page.id
    LEFT JOIN users ON users.id = maps.owner_id
    ORDER BY page.position ${sql.raw(direction)} NULLS LAST, page.id`
}

/** What each order needs of a map, and what it makes of that once it is known which version is met. */
const ORDERS: Readonly<
  Record<
    NonNullable<MapListQuery['orderBy']>,
    { readonly columns: readonly RawBuilder<unknown>[]; readonly position: RawBuilder<unknown> }
  >
> = {
  updatedAt: {
    columns: [sql`maps.updated_at`, sql`maps.published_at`],
    position: sql`CASE WHEN is_draft THEN updated_at ELSE published_at END`,
  },
  createdAt: { columns: [sql`maps.created_at`], position: sql`created_at` },
  title: {
    columns: [sql`maps.title`, sql`maps.published_title`],
    position: sql`lower(CASE WHEN is_draft THEN title ELSE published_title END)`,
  },
  openedAt: { columns: [sql`recent_opens.opened_at`], position: sql`opened_at` },
}

function narrow(reader: MapReader, query: MapListQuery): RawBuilder<SqlBool>[] {
  const { ownerId, privacy, projectId, scope, tag } = query
  const conditions: RawBuilder<SqlBool>[] = []
  if (scope === 'recent') conditions.push(sql`recent_opens.opened_at IS NOT NULL`)
  if (scope === 'favourites') {
    conditions.push(sql`maps.id IN (SELECT favourites.asset_id FROM favourites
      WHERE favourites.user_id = ${reader.userId} AND favourites.asset_kind = 'map')`)
  }
  if (projectId !== undefined) conditions.push(sql`maps.project_id = ${projectId}`)
  if (ownerId !== undefined) conditions.push(sql`maps.owner_id = ${ownerId}`)
  if (tag !== undefined) conditions.push(hasTag('map', reader.organizationId, tag))
  if (privacy !== undefined) conditions.push(hasPrivacy(privacy, reader.organizationId))
  return conditions
}

/** A word that is sought: what indexes know of it, and what is decided by the version that the asker meets. */
interface SoughtWord {
  /** Whether either version has the word, or the owner is called so. */
  readonly mayMatch: RawBuilder<SqlBool>
  readonly columns: readonly RawBuilder<unknown>[]
  /** Whether the version that is met has it: nobody finds a map by what stands in a draft that they may not see. */
  readonly matches: RawBuilder<SqlBool>
}

function seekWord(word: string, index: number, { findsOwners, organizationId }: MapReader): SoughtWord {
  const inDraft = sql<SqlBool>`maps.search_words @@ ${word}::tsquery`
  const inPublished = sql<SqlBool>`maps.published_words @@ ${word}::tsquery`
  // An array that is known before any map is looked at, so that an index finds their maps too.
  const ofOwner = findsOwners
    ? sql<SqlBool>`maps.owner_id = ANY(ARRAY(SELECT users.id FROM users
        WHERE users.organization_id = ${organizationId} AND users.search_words @@ ${word}::tsquery))`
    : sql<SqlBool>`false`
  const [drafted, published, owned] = ['drafted', 'published', 'owned'].map((name) => sql.ref(`${name}_${index}`))
  return {
    mayMatch: sql`(${inDraft} OR ${inPublished} OR ${ofOwner})`,
    columns: [sql`${inDraft} AS ${drafted}`, sql`${inPublished} AS ${published}`, sql`${ofOwner} AS ${owned}`],
    matches: sql`(CASE WHEN is_draft THEN ${drafted} ELSE ${published} END OR ${owned})`,
  }
}

function hasPrivacy(privacy: Privacy, organizationId: string): RawBuilder<SqlBool> {
  const granted = (condition: RawBuilder<SqlBool>) => sql`(SELECT grants.asset_id FROM grants
    WHERE grants.organization_id = ${organizationId} AND grants.asset_kind = 'map' AND ${condition} AND ${isInForce()})`
  const isPublic = sql<SqlBool>`maps.id IN ${granted(sql`grants.audience_kind = 'public'`)}`
  const isShared = sql<SqlBool>`maps.id IN ${granted(sql`grants.audience_kind IN ('organization', 'group', 'user')`)}`
  switch (privacy) {
    case 'public':
      return isPublic
    case 'shared':
      return sql`(${isShared} AND NOT ${isPublic})`
    case 'private':
      return sql`NOT (${isShared} OR ${isPublic})`
  }
}
