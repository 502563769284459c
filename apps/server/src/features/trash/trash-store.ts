import { isContainedKind, type LibraryKind, type Predicate, type TrashableKind } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { containersColumn, foldersAround, type NamedContainer } from '../../platform/db/audience-column.ts'
import { ASSET_TABLES, compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'

/** An asset in the trash. */
export interface TrashedAsset {
  readonly kind: TrashableKind
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly owner_id: string
  readonly owner_name: string
  readonly owner_email: string
  /** Of a map: whether a password stood before its public link. */
  readonly has_password: boolean
  readonly deleted_at: Date
  readonly deleted_by_name: string | null
  /** The folders that it was in and that are still there, from the inside out. */
  readonly containers: readonly NamedContainer[]
}

/** An asset that was deleted for good. */
export interface PurgedAsset {
  readonly id: string
  readonly organization_id: string
  readonly name: string
}

const NAMES: Readonly<Record<LibraryKind, string>> = { map: 'title', workflow: 'title', application: 'name' }

/** What was deleted and not purged yet, across the kinds that rest in the trash. */
export class TrashStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of what each kind's predicate shows, the latest first, and how many there are in all. */
  async list(
    visible: Readonly<Record<TrashableKind, Predicate>>,
    page: number,
    pageSize: number,
  ): Promise<{ assets: TrashedAsset[]; total: number }> {
    const kinds = Object.keys(visible) as TrashableKind[]
    const found = sql.join(
      kinds.map((kind) => select(kind, sql`${compilePredicate(visible[kind], kind)}`)),
      sql` UNION ALL `,
    )
    const counted = await sql<{ total: number }>`SELECT count(*)::integer AS total FROM (${found}) AS trash`.execute(
      this.#store,
    )
    const { rows } = await sql<TrashedAsset>`
      ${withPeople(found)} ORDER BY trash.deleted_at DESC, trash.id
      LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(this.#store)
    return { assets: rows, total: counted.rows[0]?.total ?? 0 }
  }

  /** One of them, of whichever organization; with a lock it stays so until the transaction ends. */
  async find(kind: LibraryKind, id: string, transaction?: Store): Promise<TrashedAsset | null> {
    const table = ASSET_TABLES[kind]
    if (transaction !== undefined) {
      await transaction.selectFrom(table).select('id').where('id', '=', id).forUpdate().execute()
    }
    const one = select(kind, sql`${sql.ref(`${table}.id`)} = ${id}`)
    const { rows } = await sql<TrashedAsset>`${withPeople(one)}`.execute(transaction ?? this.#store)
    return rows[0] ?? null
  }

  /** Puts it to the top, wherever it was. */
  async takeOut(transaction: Store, kind: 'map' | 'workflow', id: string): Promise<void> {
    await transaction.updateTable(ASSET_TABLES[kind]).set({ project_id: null }).where('id', '=', id).execute()
  }

  /** Takes it out of the trash. */
  async restore(transaction: Store, kind: LibraryKind, id: string): Promise<void> {
    await transaction
      .updateTable(ASSET_TABLES[kind])
      .set({ deleted_at: null, deleted_by: null })
      .where('id', '=', id)
      .execute()
  }

  /** Deletes one for good. */
  async purge(transaction: Store, kind: LibraryKind, id: string): Promise<void> {
    await transaction.deleteFrom(ASSET_TABLES[kind]).where('id', '=', id).where('deleted_at', 'is not', null).execute()
  }

  /** Deletes for good what was deleted at that moment or before, whoever owned it. */
  async purgeDeletedUntil(transaction: Store, kind: LibraryKind, until: Date): Promise<PurgedAsset[]> {
    const { rows } = await sql<PurgedAsset>`
      DELETE FROM ${sql.table(ASSET_TABLES[kind])} WHERE deleted_at <= ${until}
      RETURNING id, organization_id, ${sql.ref(NAMES[kind])} AS name`.execute(transaction)
    return rows
  }

  /** The connections that deleted maps name and that there are no more, by map. */
  async listMissingConnections(mapIds: readonly string[]): Promise<{ id: string; name: string }[]> {
    if (mapIds.length === 0) return []
    const { rows } = await sql<{ id: string; name: string }>`
      SELECT DISTINCT maps.id, used #>> '{}' AS name
      FROM maps CROSS JOIN LATERAL jsonb_path_query(maps.document, '$.datasets[*].connectionName') AS used
      WHERE maps.id IN (${sql.join(mapIds)}) AND NOT EXISTS (
        SELECT 1 FROM connections WHERE connections.organization_id = maps.organization_id
        AND (connections.name = used #>> '{}' OR connections.aliases @> jsonb_build_array(used)))
      ORDER BY name`.execute(this.#store)
    return rows
  }
}

function select(kind: TrashableKind, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  const rest = sql`owner_id, deleted_at, deleted_by`
  if (kind === 'project') {
    // Under the name of the table that predicates are about; a subfolder rests with the folder that it was deleted with.
    return sql`SELECT 'project' AS kind, id, organization_id, name, ${rest}, FALSE AS has_password,
      ${foldersAround('projects.parent_id')} AS containers
      FROM trashed_projects AS projects WHERE root_id = id AND ${condition}`
  }
  if (kind === 'named-source') {
    return sql`SELECT 'named-source' AS kind, id, organization_id, name, ${rest}, FALSE AS has_password,
      '[]'::jsonb AS containers FROM named_sources WHERE deleted_at IS NOT NULL AND ${condition}`
  }
  const table = ASSET_TABLES[kind]
  const containers = isContainedKind(kind) ? containersColumn(kind) : sql`'[]'::jsonb`
  const hasPassword = kind === 'map' ? sql`password_hash IS NOT NULL` : sql`FALSE`
  return sql`SELECT ${sql.lit(kind)} AS kind, id, organization_id, ${sql.ref(NAMES[kind])} AS name, ${rest},
    ${hasPassword} AS has_password, ${containers} AS containers
    FROM ${sql.table(table)} WHERE deleted_at IS NOT NULL AND ${condition}`
}

function withPeople(found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`SELECT trash.*, owners.name AS owner_name, owners.email AS owner_email, deleters.name AS deleted_by_name
    FROM (${found}) AS trash JOIN users AS owners ON owners.id = trash.owner_id
    LEFT JOIN users AS deleters ON deleters.id = trash.deleted_by`
}
