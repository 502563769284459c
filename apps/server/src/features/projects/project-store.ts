import type { Predicate } from '@graticule/policy'
import { type Insertable, sql, type Updateable } from 'kysely'
import { audienceColumn, containersColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { ProjectsTable } from '../../platform/db/tables.ts'
import type { Project } from './project.ts'

/** Projects and their subfolders in the metadata store. */
export class ProjectStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** All folders that the predicate shows, by name. */
  async list(visible: Predicate): Promise<Project[]> {
    const rows = await selectWithOwner(this.#store)
      .where(compilePredicate(visible, 'project'))
      .orderBy(BY_NAME)
      .orderBy('projects.id')
      .execute()
    return rows.map(toProject)
  }

  /** Of whichever organization; the caller decides whether it may be known. */
  async find(id: string, store: Store = this.#store): Promise<Project | null> {
    const row = await selectWithOwner(store).where('projects.id', '=', id).executeTakeFirst()
    return row ? toProject(row) : null
  }

  async listById(ids: readonly string[], store: Store = this.#store): Promise<Project[]> {
    if (ids.length === 0) return []
    const rows = await selectWithOwner(store).where('projects.id', 'in', ids).orderBy(BY_NAME).execute()
    return rows.map(toProject)
  }

  /** Makes all changes of the trees of an organization wait for one another until the transaction ends. */
  async lockTrees(transaction: Store, organizationId: string): Promise<void> {
    await transaction
      .selectFrom('organizations')
      .select('id')
      .where('id', '=', organizationId)
      .forNoKeyUpdate()
      .execute()
  }

  /** The folder stays as it is, and so does its audience, until the transaction ends. */
  async lock(transaction: Store, id: string): Promise<void> {
    await transaction.selectFrom('projects').select('id').where('id', '=', id).forUpdate().execute()
  }

  /** A folder that goes into another: both, and all around the other, stay as they are until the transaction ends. */
  async lockForMove(transaction: Store, id: string, targetId: string | null): Promise<void> {
    await transaction
      .selectFrom('projects')
      .select('id')
      .where(({ eb, or, selectFrom }) =>
        or([
          eb('id', '=', id),
          eb('id', 'in', selectFrom('project_ancestors').select('ancestor_id').where('project_id', '=', targetId)),
        ]),
      )
      .orderBy('id')
      .forUpdate()
      .execute()
  }

  /** The folder and all around it stay where they are and shared as they are until the transaction ends. */
  async hold(transaction: Store, id: string): Promise<void> {
    await transaction
      .selectFrom('projects')
      .select('id')
      .where('id', 'in', (select) =>
        select.selectFrom('project_ancestors').select('ancestor_id').where('project_id', '=', id),
      )
      .orderBy('id')
      .forShare()
      .execute()
  }

  /** The folder and all inside of it, under a lock. */
  async lockSubtree(transaction: Store, id: string): Promise<{ id: string; name: string }[]> {
    return transaction
      .selectFrom('projects')
      .select(['id', 'name'])
      .where('id', 'in', (select) =>
        select.selectFrom('project_ancestors').select('project_id').where('ancestor_id', '=', id),
      )
      .orderBy('id')
      .forUpdate()
      .execute()
  }

  /** How many levels of folders there are from this one downwards, itself among them. */
  async readHeight(transaction: Store, id: string): Promise<number> {
    const { depth } = await transaction
      .selectFrom('project_ancestors')
      .select(sql<number>`max(depth)`.as('depth'))
      .where('ancestor_id', '=', id)
      .executeTakeFirstOrThrow()
    return depth + 1
  }

  /** How many maps and workflows that are not deleted are in these folders. */
  async countContents(transaction: Store, ids: readonly string[]): Promise<number> {
    const { rows } = await sql<{ total: number }>`
      SELECT ((SELECT count(*) FROM maps WHERE project_id IN (${sql.join(ids)}) AND deleted_at IS NULL)
        + (SELECT count(*) FROM workflows WHERE project_id IN (${sql.join(ids)}) AND deleted_at IS NULL))::integer AS total
    `.execute(transaction)
    return rows[0]?.total ?? 0
  }

  /** The maps and workflows that are in this folder or further down. */
  async listContents(store: Store, id: string): Promise<{ kind: 'map' | 'workflow'; id: string }[]> {
    const inside = sql`project_id IN (SELECT project_id FROM project_ancestors WHERE ancestor_id = ${id})`
    const { rows } = await sql<{ kind: 'map' | 'workflow'; id: string }>`
      SELECT 'map' AS kind, id FROM maps WHERE ${inside} AND deleted_at IS NULL
      UNION ALL SELECT 'workflow', id FROM workflows WHERE ${inside} AND deleted_at IS NULL`.execute(store)
    return rows
  }

  async countOfOrganization(transaction: Store, organizationId: string): Promise<number> {
    const { total } = await transaction
      .selectFrom('projects')
      .select(sql<number>`count(*)::integer`.as('total'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow()
    return total
  }

  async insert(transaction: Store, row: Insertable<ProjectsTable>): Promise<void> {
    await transaction.insertInto('projects').values(row).execute()
    await transaction
      .insertInto('project_ancestors')
      .values({ project_id: row.id, ancestor_id: row.id, depth: 0 })
      .execute()
    if (row.parent_id !== null && row.parent_id !== undefined) await addAncestors(transaction, row.id, row.parent_id)
  }

  async update(transaction: Store, id: string, changes: Updateable<ProjectsTable>): Promise<void> {
    await transaction.updateTable('projects').set(changes).where('id', '=', id).execute()
  }

  /** Puts a folder with all inside of it into another, or to the top. */
  async move(transaction: Store, id: string, parentId: string | null): Promise<void> {
    await this.update(transaction, id, { parent_id: parentId })
    await transaction
      .deleteFrom('project_ancestors')
      .where('project_id', 'in', (select) =>
        select.selectFrom('project_ancestors as inner').select('inner.project_id').where('inner.ancestor_id', '=', id),
      )
      .where('ancestor_id', 'in', (select) =>
        select
          .selectFrom('project_ancestors as outer')
          .select('outer.ancestor_id')
          .where('outer.project_id', '=', id)
          .where('outer.depth', '>', 0),
      )
      .execute()
    if (parentId !== null) await addAncestors(transaction, id, parentId)
  }

  /** Deletes these folders; what is inside of them in the trash comes back to the top if it ever does. */
  async remove(transaction: Store, ids: readonly string[]): Promise<void> {
    await transaction.deleteFrom('projects').where('id', 'in', ids).execute()
  }

  /** Gives a project with all its subfolders to somebody. */
  async transfer(transaction: Store, id: string, toId: string): Promise<void> {
    const folders = await this.lockSubtree(transaction, id)
    const ids = folders.map((folder) => folder.id)
    await transaction.updateTable('projects').set({ owner_id: toId }).where('id', 'in', ids).execute()
  }

  /** Gives all folders of one owner to another. */
  async transferAll(transaction: Store, fromId: string, toId: string) {
    // In the order in which moves hold them, so that neither waits for the other for ever.
    await transaction
      .selectFrom('projects')
      .select('id')
      .where('owner_id', '=', fromId)
      .orderBy('id')
      .forUpdate()
      .execute()
    return transaction
      .updateTable('projects')
      .set({ owner_id: toId })
      .where('owner_id', '=', fromId)
      .returning(['id', 'name', 'organization_id', 'parent_id'])
      .execute()
  }
}

const BY_NAME = sql<string>`lower(projects.name)`

/** Puts all from this folder downwards under another and all that this one is in. */
async function addAncestors(transaction: Store, id: string, parentId: string): Promise<void> {
  await sql`
    INSERT INTO project_ancestors (project_id, ancestor_id, depth)
    SELECT lower_part.project_id, upper_part.ancestor_id, lower_part.depth + upper_part.depth + 1
    FROM project_ancestors AS lower_part CROSS JOIN project_ancestors AS upper_part
    WHERE lower_part.ancestor_id = ${id} AND upper_part.project_id = ${parentId}`.execute(transaction)
}

function selectWithOwner(store: Store) {
  return store
    .selectFrom('projects')
    .innerJoin('users', 'users.id', 'projects.owner_id')
    .select([
      'projects.id',
      'projects.organization_id',
      'projects.owner_id',
      'projects.parent_id',
      'projects.name',
      'projects.description',
      'projects.created_at',
      'projects.updated_at',
      'users.name as owner_name',
      'users.email as owner_email',
    ])
    .select(audienceColumn('project').as('audience'))
    .select(containersColumn('project').as('containers'))
}

type Row = Awaited<ReturnType<ReturnType<typeof selectWithOwner>['execute']>>[number]

function toProject(row: Row): Project {
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    parentId: row.parent_id,
    name: row.name,
    description: row.description,
    audience: row.audience,
    containers: row.containers,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
