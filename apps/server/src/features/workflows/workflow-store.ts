import type { WorkflowDocument, WorkflowListQuery } from '@graticule/contract'
import type { Predicate, UserPrincipal } from '@graticule/policy'
import { type Insertable, type SelectQueryBuilder, sql, type Updateable } from 'kysely'
import { audienceColumn, containersColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import { containsText } from '../../platform/db/contains-text.ts'
import type { Store } from '../../platform/db/database.ts'
import { hasTag, isFavouriteColumn } from '../../platform/db/mark-columns.ts'
import type { Database, WorkflowsTable } from '../../platform/db/tables.ts'
import type { Workflow } from './workflow.ts'

/** Who looks at a list, whose tags and favourites narrow it. */
type Reader = Pick<UserPrincipal, 'organizationId' | 'userId'>

const ORDER = {
  updatedAt: 'workflows.updated_at',
  createdAt: 'workflows.created_at',
  title: sql<string>`lower(workflows.title)`,
} as const

/** Workflows in the metadata store. What is deleted is never found. */
export class WorkflowStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of the workflows that the predicate shows, and how many there are in all. */
  async list(
    reader: Reader,
    visible: Predicate,
    query: WorkflowListQuery,
  ): Promise<{ workflows: Workflow[]; total: number }> {
    const { total } = await narrow(this.#store.selectFrom('workflows'), visible, reader, query)
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const pageSize = query.pageSize ?? 50
    const order = query.orderBy ?? 'updatedAt'
    const rows = await narrow(selectWithOwner(this.#store), visible, reader, query)
      .orderBy(ORDER[order], query.orderDirection ?? (order === 'title' ? 'asc' : 'desc'))
      .orderBy('workflows.id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { workflows: rows.map(toWorkflow), total: Number(total) }
  }

  /** Of whichever organization; the caller decides whether it may be known. */
  async find(id: string, store: Store = this.#store): Promise<Workflow | null> {
    const row = await selectWithOwner(store).where('workflows.id', '=', id).executeTakeFirst()
    return row ? toWorkflow(row) : null
  }

  async readDocument(id: string): Promise<WorkflowDocument | null> {
    const row = await this.#store.selectFrom('workflows').select('document').where('id', '=', id).executeTakeFirst()
    return row?.document ?? null
  }

  async listById(ids: readonly string[], store: Store = this.#store): Promise<Workflow[]> {
    if (ids.length === 0) return []
    const rows = await selectWithOwner(store).where('workflows.id', 'in', ids).orderBy(ORDER.title).execute()
    return rows.map(toWorkflow)
  }

  /** Those that work on a connection. */
  async listOnConnection(connectionId: string, store: Store = this.#store): Promise<Workflow[]> {
    const rows = await selectWithOwner(store)
      .where('workflows.connection_id', '=', connectionId)
      .orderBy(ORDER.title)
      .execute()
    return rows.map(toWorkflow)
  }

  /** Makes all that work on a connection, deleted ones too, work on another. */
  async repoint(transaction: Store, fromId: string, toId: string, at: Date) {
    return transaction
      .updateTable('workflows')
      .set({ connection_id: toId, updated_at: at })
      .where('connection_id', '=', fromId)
      .returning(['id', 'title'])
      .execute()
  }

  /** The workflow stays as it is, and so does its audience, until the transaction ends. */
  async lock(transaction: Store, id: string): Promise<void> {
    await transaction.selectFrom('workflows').select('id').where('id', '=', id).forUpdate().execute()
  }

  async insert(transaction: Store, row: Insertable<WorkflowsTable>): Promise<void> {
    await transaction.insertInto('workflows').values(row).execute()
  }

  /** False when it is gone. */
  async update(transaction: Store, id: string, changes: Updateable<WorkflowsTable>): Promise<boolean> {
    const result = await transaction
      .updateTable('workflows')
      .set(changes)
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  }

  /** Puts all workflows that are in these folders to the top. */
  async release(transaction: Store, projectIds: readonly string[]) {
    return transaction
      .updateTable('workflows')
      .set({ project_id: null })
      .where('project_id', 'in', projectIds)
      .where('deleted_at', 'is', null)
      .returning(['id', 'title'])
      .execute()
  }

  /** How many of those that the predicate shows are right in each folder. */
  async countByProject(visible: Predicate): Promise<Map<string, number>> {
    const rows = await this.#store
      .selectFrom('workflows')
      .select(['project_id', sql<number>`count(*)::integer`.as('count')])
      .where('deleted_at', 'is', null)
      .where('project_id', 'is not', null)
      .where(compilePredicate(visible, 'workflow'))
      .groupBy('project_id')
      .execute()
    return new Map(rows.map(({ project_id: id, count }) => [id ?? '', count]))
  }

  /** Gives all workflows of one owner, deleted ones too, to another. */
  async transferAll(transaction: Store, fromId: string, toId: string) {
    return transaction
      .updateTable('workflows')
      .set({ owner_id: toId })
      .where('owner_id', '=', fromId)
      .returning(['id', 'title', 'organization_id'])
      .execute()
  }
}

function selectWithOwner(store: Store) {
  return store
    .selectFrom('workflows')
    .innerJoin('users', 'users.id', 'workflows.owner_id')
    .leftJoin('connections', 'connections.id', 'workflows.connection_id')
    .select([
      'workflows.id',
      'workflows.organization_id',
      'workflows.owner_id',
      'workflows.title',
      'workflows.description',
      'workflows.created_at',
      'workflows.updated_at',
      'workflows.connection_id',
      'connections.name as connection_name',
      'users.name as owner_name',
      'users.email as owner_email',
      sql<number>`jsonb_array_length(workflows.document -> 'nodes')`.as('node_count'),
    ])
    .select(audienceColumn('workflow').as('audience'))
    .select(containersColumn('workflow').as('containers'))
    .where('workflows.deleted_at', 'is', null)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectWithOwner>['execute']>>[number]

function toWorkflow(row: Row): Workflow {
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    title: row.title,
    description: row.description,
    audience: row.audience,
    containers: row.containers,
    nodeCount: row.node_count,
    connection:
      row.connection_id === null || row.connection_name === null
        ? null
        : { id: row.connection_id, name: row.connection_name },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function narrow<Tables extends keyof Database, Selected>(
  builder: SelectQueryBuilder<Database, Tables | 'workflows', Selected>,
  visible: Predicate,
  { organizationId, userId }: Reader,
  { projectId, scope, search: text, tag }: WorkflowListQuery,
): SelectQueryBuilder<Database, Tables | 'workflows', Selected> {
  let narrowed = builder.where(sql<boolean>`workflows.deleted_at IS NULL`).where(compilePredicate(visible, 'workflow'))
  if (projectId !== undefined) narrowed = narrowed.where(sql<boolean>`workflows.project_id = ${projectId}`)
  if (tag !== undefined) narrowed = narrowed.where(hasTag('workflow', organizationId, tag))
  if (scope === 'favourites') narrowed = narrowed.where(isFavouriteColumn('workflow', userId))
  const search = text?.trim()
  if (!search) return narrowed
  const pattern = containsText(search)
  return narrowed.where(sql<boolean>`(workflows.title ILIKE ${pattern} OR workflows.description ILIKE ${pattern})`)
}
