import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { TrashedContentsTable } from '../../platform/db/tables.ts'

/** A deleted folder. */
export interface TrashedFolder {
  readonly id: string
  readonly organization_id: string
  readonly owner_id: string
  readonly root_id: string
  readonly parent_id: string | null
  readonly name: string
  readonly description: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** A deleted project or subfolder as the list of the trash tells it. */
export interface TrashedTree {
  readonly id: string
  readonly subfolders: number
  /** How many maps and workflows are at the top still, and whose they were. */
  readonly items: number
}

const FOLDER = [
  'id',
  'organization_id',
  'owner_id',
  'root_id',
  'parent_id',
  'name',
  'description',
  'created_at',
  'updated_at',
] as const

/**
 * Deleted folders in the metadata store, in tables of their own: nothing that reads projects finds one. All that were
 * deleted together rest under the one that they are inside of.
 */
export class TrashedProjectStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Keeps what there is to know of folders that are about to be deleted, and of what is right in each of them. */
  async keep(
    transaction: Store,
    ids: readonly string[],
    deletion: { readonly rootId: string; readonly at: Date; readonly by: string },
  ): Promise<void> {
    const { rootId, at, by } = deletion
    const folders = sql.join(ids)
    await sql`
      INSERT INTO trashed_projects (id, organization_id, owner_id, root_id, parent_id, name, description, created_at,
        updated_at, deleted_at, deleted_by)
      SELECT id, organization_id, owner_id, ${rootId}, parent_id, name, description, created_at, updated_at, ${at}, ${by}
      FROM projects WHERE id IN (${folders})`.execute(transaction)
    for (const [kind, table] of [
      ['map', 'maps'],
      ['workflow', 'workflows'],
    ] as const) {
      // Locked first: what is moved out of the folder in this moment is not counted as having been in it.
      await sql`
        WITH inside AS (
          SELECT id, project_id, owner_id FROM ${sql.table(table)}
          WHERE project_id IN (${folders}) AND deleted_at IS NULL ORDER BY id FOR UPDATE
        )
        INSERT INTO trashed_contents (project_id, asset_kind, asset_id, owner_id)
        SELECT project_id, ${kind}, id, owner_id FROM inside`.execute(transaction)
    }
    await sql`
      UPDATE project_shortcuts SET trashed_project_id = project_id, project_id = NULL WHERE project_id IN (${folders})
    `.execute(transaction)
  }

  /** The folder and all that were deleted with it, from the outside in. */
  async listTree(rootId: string, store: Store = this.#store): Promise<TrashedFolder[]> {
    return fromTheOutsideIn(await selectTree(store, rootId).execute(), rootId)
  }

  /** The same, and they stay until the transaction ends. */
  async lockTree(rootId: string, transaction: Store): Promise<TrashedFolder[]> {
    return fromTheOutsideIn(await selectTree(transaction, rootId).forUpdate().execute(), rootId)
  }

  /** What was right in each of the folders that were deleted with this one. */
  async listContents(store: Store, rootId: string): Promise<TrashedContentsTable[]> {
    return store
      .selectFrom('trashed_contents')
      .innerJoin('trashed_projects', 'trashed_projects.id', 'trashed_contents.project_id')
      .selectAll('trashed_contents')
      .where('trashed_projects.root_id', '=', rootId)
      .orderBy('trashed_contents.asset_kind')
      .orderBy('trashed_contents.asset_id')
      .execute()
  }

  async listTrees(rootIds: readonly string[]): Promise<TrashedTree[]> {
    if (rootIds.length === 0) return []
    const atTheTop = (table: string) => sql`
      SELECT FROM ${sql.table(table)} AS item WHERE item.id = contents.asset_id AND item.project_id IS NULL
      AND item.deleted_at IS NULL AND item.owner_id = contents.owner_id`
    const { rows } = await sql<TrashedTree>`
      SELECT root.root_id AS id, (count(*) - 1)::integer AS subfolders, (
        SELECT count(*)::integer FROM trashed_contents AS contents
        JOIN trashed_projects AS folder ON folder.id = contents.project_id
        WHERE folder.root_id = root.root_id AND (
          (contents.asset_kind = 'map' AND EXISTS (${atTheTop('maps')}))
          OR (contents.asset_kind = 'workflow' AND EXISTS (${atTheTop('workflows')})))) AS items
      FROM trashed_projects AS root WHERE root.root_id IN (${sql.join(rootIds)}) GROUP BY root.root_id`.execute(
      this.#store,
    )
    return rows
  }

  /** Puts the shortcuts back into folders that are there again. */
  async giveShortcutsBack(transaction: Store, rootId: string): Promise<void> {
    await sql`
      UPDATE project_shortcuts SET project_id = trashed_project_id, trashed_project_id = NULL
      WHERE trashed_project_id IN (SELECT id FROM trashed_projects WHERE root_id = ${rootId})`.execute(transaction)
  }

  /** Forgets the folders and what was in them: they are back, or gone for good. */
  async remove(transaction: Store, rootId: string): Promise<void> {
    await transaction.deleteFrom('trashed_projects').where('root_id', '=', rootId).execute()
  }

  /** Deletes for good what was deleted at that moment or before, whoever owned it. */
  async removeDeletedUntil(transaction: Store, until: Date): Promise<TrashedFolder[]> {
    return transaction.deleteFrom('trashed_projects').where('deleted_at', '<=', until).returning(FOLDER).execute()
  }

  /** Gives all deleted folders of one owner to another, who gets what was in them too. */
  async transferAll(transaction: Store, fromId: string, toId: string): Promise<TrashedFolder[]> {
    await transaction.updateTable('trashed_contents').set({ owner_id: toId }).where('owner_id', '=', fromId).execute()
    return transaction
      .updateTable('trashed_projects')
      .set({ owner_id: toId })
      .where('owner_id', '=', fromId)
      .returning(FOLDER)
      .execute()
  }
}

function selectTree(store: Store, rootId: string) {
  return store.selectFrom('trashed_projects').select(FOLDER).where('root_id', '=', rootId).orderBy('id')
}

function fromTheOutsideIn(folders: readonly TrashedFolder[], rootId: string): TrashedFolder[] {
  const ordered = folders.filter(({ id }) => id === rootId)
  for (const { id } of ordered) ordered.push(...folders.filter(({ parent_id: parentId }) => parentId === id))
  return ordered
}
