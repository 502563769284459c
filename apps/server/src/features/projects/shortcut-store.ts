import { LIBRARY_KINDS, type LibraryKind, type Principal, visibleWhere } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES, compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'

/** A shortcut with what it points to. */
export interface Shortcut {
  readonly id: string
  readonly kind: LibraryKind
  readonly asset_id: string
  readonly name: string
  readonly owner_id: string
  readonly owner_name: string
  readonly owner_email: string
  /** The folder that it points into. */
  readonly place_id: string | null
  readonly created_at: Date
}

/** What a shortcut points to, or is to point to. */
export interface ShortcutTarget {
  readonly kind: LibraryKind
  readonly id: string
}

const TARGETS = { map: 'map_id', workflow: 'workflow_id', application: 'application_id' } as const satisfies Readonly<
  Record<LibraryKind, string>
>

const NAMES: Readonly<Record<LibraryKind, string>> = { map: 'title', workflow: 'title', application: 'name' }

/** The pointers that lie in folders. They are read together with what they point to, and never without. */
export class ShortcutStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Those of a folder that point to what lists show this principal, by name. What rests in the trash is in no list. */
  async list(principal: Principal, projectId: string): Promise<Shortcut[]> {
    const found = selectVisible(principal, sql`shortcut.project_id = ${projectId}`)
    const { rows } = await sql<Shortcut>`${found} ORDER BY lower(name), id`.execute(this.#store)
    return rows
  }

  /** One of them; null when it is not there, or not for this principal to see. */
  async find(transaction: Store, principal: Principal, projectId: string, id: string): Promise<Shortcut | null> {
    const found = selectVisible(principal, sql`shortcut.project_id = ${projectId} AND shortcut.id = ${id}`)
    const { rows } = await sql<Shortcut>`${found}`.execute(transaction)
    return rows[0] ?? null
  }

  /**
   * What a shortcut is to point to, when lists show it to this principal: it stays where it is, and undeleted, until the
   * transaction ends.
   */
  async holdTarget(
    transaction: Store,
    principal: Principal,
    { kind, id }: ShortcutTarget,
  ): Promise<{ readonly placeId: string | null } | null> {
    const table = sql.table(ASSET_TABLES[kind])
    await sql`SELECT FROM ${table} WHERE id = ${id} FOR SHARE`.execute(transaction)
    const visible = compilePredicate(visibleWhere(principal, kind), kind)
    const { rows } = await sql<{ placeId: string | null }>`
      SELECT ${placeOf(kind)} AS "placeId" FROM ${table} WHERE id = ${id} AND deleted_at IS NULL AND ${visible}
    `.execute(transaction)
    return rows[0] ?? null
  }

  async isThere(transaction: Store, projectId: string, { kind, id }: ShortcutTarget): Promise<boolean> {
    const row = await transaction
      .selectFrom('project_shortcuts')
      .select('id')
      .where('project_id', '=', projectId)
      .where(TARGETS[kind], '=', id)
      .executeTakeFirst()
    return row !== undefined
  }

  /** How many a folder holds, whoever sees them. */
  async count(transaction: Store, projectId: string): Promise<number> {
    const { total } = await transaction
      .selectFrom('project_shortcuts')
      .select(sql<number>`count(*)::integer`.as('total'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow()
    return total
  }

  async insert(
    transaction: Store,
    shortcut: { readonly id: string; readonly projectId: string; readonly target: ShortcutTarget; readonly at: Date },
  ): Promise<void> {
    const { id, projectId, target, at } = shortcut
    const nowhere = { map_id: null, workflow_id: null, application_id: null }
    await transaction
      .insertInto('project_shortcuts')
      .values({
        id,
        project_id: projectId,
        trashed_project_id: null,
        ...nowhere,
        [TARGETS[target.kind]]: target.id,
        created_at: at,
      })
      .execute()
  }

  async move(transaction: Store, id: string, projectId: string): Promise<void> {
    await transaction.updateTable('project_shortcuts').set({ project_id: projectId }).where('id', '=', id).execute()
  }

  async remove(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('project_shortcuts').where('id', '=', id).execute()
  }

  /** Takes out of a folder what points to this, if anything does; says which. */
  async removeTo(transaction: Store, projectId: string, { kind, id }: ShortcutTarget): Promise<string[]> {
    const rows = await transaction
      .deleteFrom('project_shortcuts')
      .where('project_id', '=', projectId)
      .where(TARGETS[kind], '=', id)
      .returning('id')
      .execute()
    return rows.map((row) => row.id)
  }
}

/** The shortcuts of the condition, as far as lists show this principal what they point to. */
function selectVisible(principal: Principal, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  const ofKinds = LIBRARY_KINDS.map((kind) => {
    const table = ASSET_TABLES[kind]
    const column = (name: string) => sql.ref(`${table}.${name}`)
    return sql`SELECT shortcut.id, ${sql.lit(kind)} AS kind, ${column('id')} AS asset_id, ${column(NAMES[kind])} AS name,
      owners.id AS owner_id, owners.name AS owner_name, owners.email AS owner_email, ${placeOf(kind)} AS place_id,
      shortcut.created_at
      FROM project_shortcuts AS shortcut
      JOIN ${sql.table(table)} ON ${column('id')} = ${sql.ref(`shortcut.${TARGETS[kind]}`)}
      JOIN users AS owners ON owners.id = ${column('owner_id')}
      WHERE ${condition} AND ${column('deleted_at')} IS NULL AND ${compilePredicate(visibleWhere(principal, kind), kind)}`
  })
  return sql`SELECT found.* FROM (${sql.join(ofKinds, sql` UNION ALL `)}) AS found`
}

/** The folder that something of this kind is in; applications are in none. */
function placeOf(kind: LibraryKind): RawBuilder<string | null> {
  return kind === 'application'
    ? sql<string | null>`NULL::text`
    : sql<string | null>`${sql.ref(`${ASSET_TABLES[kind]}.project_id`)}`
}
