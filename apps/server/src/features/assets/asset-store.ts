import type { ResourceKey, ResourceListQuery } from '@graticule/contract'
import type { Audience, ShareableKind } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES } from '../../platform/db/compile-predicate.ts'
import { containsText } from '../../platform/db/contains-text.ts'
import type { Store } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'
import type { ManagedKind } from './managed-assets.ts'

/** An asset of a list, whoever owns it. */
export interface ListedAsset {
  readonly kind: ManagedKind
  readonly id: string
  readonly name: string
  readonly owner_id: string | null
  readonly owner_name: string | null
  readonly owner_email: string | null
  readonly updated_at: Date
}

/** A map or workflow and one connection that it reads from. */
export interface ConnectionUse {
  readonly kind: 'map' | 'workflow'
  readonly id: string
  readonly name: string
  readonly owner_id: string
  readonly owner_name: string
  readonly connection_id: string
  readonly connection_name: string
}

const NAMES: Readonly<Record<ManagedKind, string>> = {
  map: 'title',
  connection: 'name',
  workflow: 'title',
  application: 'name',
  project: 'name',
  token: 'name',
  'oauth-client': 'title',
}
/** The column that says when something ended, whose row is kept; the others are gone when they are deleted. */
const ENDED_AT: Readonly<Partial<Record<ManagedKind, string>>> = {
  map: 'deleted_at',
  workflow: 'deleted_at',
  application: 'deleted_at',
  token: 'revoked_at',
}
const KINDS = Object.keys(NAMES) as ManagedKind[]
const ORDERS: Readonly<Record<NonNullable<ResourceListQuery['orderBy']>, RawBuilder<unknown>>> = {
  name: sql`lower(assets.name)`,
  updatedAt: sql`assets.updated_at`,
  owner: sql`lower(users.name)`,
  resourceType: sql`assets.kind`,
}

/** Reads all assets of an organization across their kinds. */
export class AssetStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of them in the query's order, and how many it finds in all. */
  async list(organizationId: string, query: ResourceListQuery): Promise<{ assets: ListedAsset[]; total: number }> {
    const found = selectAssets(organizationId, query)
    const pageSize = query.pageSize ?? 50
    const order = query.orderBy ?? 'updatedAt'
    const direction = query.orderDirection ?? (order === 'updatedAt' ? 'desc' : 'asc')
    const counted = await sql<{ total: number }>`SELECT count(*)::integer AS total FROM (${found}) AS assets`.execute(
      this.#store,
    )
    const { rows } = await sql<ListedAsset>`
      SELECT assets.*, users.name AS owner_name, users.email AS owner_email
      FROM (${found}) AS assets LEFT JOIN users ON users.id = assets.owner_id
      ORDER BY ${ORDERS[order]} ${sql.raw(direction)} NULLS LAST, assets.id
      LIMIT ${pageSize} OFFSET ${((query.page ?? 1) - 1) * pageSize}`.execute(this.#store)
    return { assets: rows, total: counted.rows[0]?.total ?? 0 }
  }

  /** The audiences of assets of one kind, by id; what is shared with nobody is left out. */
  async readAudiences(kind: ShareableKind, ids: readonly string[]): Promise<Map<string, Audience>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#store
      .selectFrom('grants')
      .select([
        'asset_id',
        sql<boolean>`bool_or(audience_kind = 'organization')`.as('organization'),
        sql<boolean>`bool_or(audience_kind = 'public')`.as('public'),
        sql<string[]>`coalesce(array_agg(group_id) FILTER (WHERE group_id IS NOT NULL), '{}')`.as('groupIds'),
        sql<string[]>`coalesce(array_agg(user_id) FILTER (WHERE user_id IS NOT NULL), '{}')`.as('userIds'),
      ])
      .where('asset_kind', '=', kind)
      .where('asset_id', 'in', ids)
      .where(isInForce())
      .groupBy('asset_id')
      .execute()
    return new Map(rows.map(({ asset_id, ...audience }) => [asset_id, audience]))
  }

  /** Which maps and workflows read from which connections: every use in which one of the assets has a part. */
  async listConnectionUses(organizationId: string, keys: readonly ResourceKey[]): Promise<ConnectionUse[]> {
    const idsOf = (kind: ManagedKind) => keys.filter(({ resourceType }) => resourceType === kind).map(({ id }) => id)
    const concern = (user: 'map' | 'workflow', connection: string) => {
      const sides = [
        { column: `${ASSET_TABLES[user]}.id`, ids: idsOf(user) },
        { column: connection, ids: idsOf('connection') },
      ].filter(({ ids }) => ids.length > 0)
      const conditions = sides.map(({ column, ids }) => sql`${sql.ref(column)} IN (${sql.join(ids)})`)
      return conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` OR `)})`
    }
    const { rows } = await sql<ConnectionUse>`
      SELECT uses.*, users.name AS owner_name, connections.name AS connection_name
      FROM (
        SELECT DISTINCT 'map' AS kind, maps.id, maps.title AS name, maps.owner_id, named.id AS connection_id
        FROM maps
        CROSS JOIN LATERAL (
          SELECT jsonb_path_query(maps.document, '$.datasets[*].connectionName') AS used
          UNION SELECT jsonb_path_query(maps.published_document, '$.datasets[*].connectionName')
        ) AS names
        JOIN (
          SELECT connections.id, connections.name AS called FROM connections
          WHERE connections.organization_id = ${organizationId}
          UNION ALL
          SELECT connections.id, alias FROM connections, jsonb_array_elements_text(connections.aliases) AS alias
          WHERE connections.organization_id = ${organizationId}
        ) AS named ON named.called = used #>> '{}'
        WHERE maps.organization_id = ${organizationId} AND maps.deleted_at IS NULL AND ${concern('map', 'named.id')}
        UNION ALL
        SELECT 'workflow', workflows.id, workflows.title, workflows.owner_id, workflows.connection_id
        FROM workflows
        WHERE workflows.organization_id = ${organizationId} AND workflows.deleted_at IS NULL
          AND workflows.connection_id IS NOT NULL AND ${concern('workflow', 'workflows.connection_id')}
      ) AS uses
      JOIN users ON users.id = uses.owner_id
      JOIN connections ON connections.id = uses.connection_id
      ORDER BY lower(uses.name), uses.id`.execute(this.#store)
    return rows
  }
}

/** The assets that a query asks for, of all kinds in one table. */
function selectAssets(organizationId: string, query: ResourceListQuery): RawBuilder<unknown> {
  const search = query.q?.trim()
  const kinds = KINDS.filter((kind) => query.resourceType === undefined || query.resourceType === kind)
  const selects = kinds.map((kind) => {
    const name = sql.ref(NAMES[kind])
    const endedAt = ENDED_AT[kind]
    const conditions = [
      sql`organization_id = ${organizationId}`,
      ...(endedAt === undefined ? [] : [sql`${sql.ref(endedAt)} IS NULL`]),
      // Subfolders go with their project.
      ...(kind === 'project' ? [sql`parent_id IS NULL`] : []),
      ...(query.ownerId === undefined ? [] : [sql`owner_id = ${query.ownerId}`]),
      ...(search ? [sql`${name} ILIKE ${containsText(search)}`] : []),
    ]
    return sql`SELECT ${sql.lit(kind)} AS kind, id, ${name} AS name, owner_id,
        ${sql.ref(kind === 'token' ? 'created_at' : 'updated_at')} AS updated_at
      FROM ${sql.table(ASSET_TABLES[kind])} WHERE ${sql.join(conditions, sql` AND `)}`
  })
  return sql.join(selects, sql` UNION ALL `)
}
