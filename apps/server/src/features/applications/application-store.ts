import type { ApplicationListQuery } from '@graticule/contract'
import type { Predicate } from '@graticule/policy'
import { type Insertable, type SelectQueryBuilder, sql, type Updateable } from 'kysely'
import { audienceColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import { containsText } from '../../platform/db/contains-text.ts'
import type { Store } from '../../platform/db/database.ts'
import { isFavouriteColumn } from '../../platform/db/mark-columns.ts'
import type { ApplicationsTable, Database } from '../../platform/db/tables.ts'
import type { Picture } from '../../platform/pictures/read-picture.ts'
import type { Application } from './application.ts'

const BY_NAME = sql<string>`lower(applications.name)`

/** Applications in the metadata store. What is deleted is never found. */
export class ApplicationStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of the applications that the predicate shows, by name, and how many there are in all. */
  async list(
    userId: string,
    visible: Predicate,
    query: ApplicationListQuery,
  ): Promise<{ applications: Application[]; total: number }> {
    const { total } = await narrow(this.#store.selectFrom('applications'), visible, userId, query)
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const pageSize = query.pageSize ?? 50
    const rows = await narrow(selectWithOwner(this.#store), visible, userId, query)
      .orderBy(BY_NAME)
      .orderBy('applications.id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { applications: rows.map(toApplication), total: Number(total) }
  }

  /** Of whichever organization; the caller decides whether it may be known. */
  async find(id: string, store: Store = this.#store): Promise<Application | null> {
    const row = await selectWithOwner(store).where('applications.id', '=', id).executeTakeFirst()
    return row ? toApplication(row) : null
  }

  async readThumbnail(id: string): Promise<Picture | null> {
    const row = await this.#store
      .selectFrom('applications')
      .select(['thumbnail', 'thumbnail_type'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row?.thumbnail || row.thumbnail_type === null) return null
    return { type: row.thumbnail_type, bytes: row.thumbnail }
  }

  async listById(ids: readonly string[], store: Store = this.#store): Promise<Application[]> {
    if (ids.length === 0) return []
    const rows = await selectWithOwner(store).where('applications.id', 'in', ids).orderBy(BY_NAME).execute()
    return rows.map(toApplication)
  }

  /** The application stays as it is, and so does its audience, until the transaction ends. */
  async lock(transaction: Store, id: string): Promise<void> {
    await transaction.selectFrom('applications').select('id').where('id', '=', id).forUpdate().execute()
  }

  async insert(transaction: Store, row: Insertable<ApplicationsTable>): Promise<void> {
    await transaction.insertInto('applications').values(row).execute()
  }

  async update(transaction: Store, id: string, changes: Updateable<ApplicationsTable>): Promise<void> {
    await transaction.updateTable('applications').set(changes).where('id', '=', id).execute()
  }

  /** Gives all applications of one owner, deleted ones too, to another. */
  async transferAll(transaction: Store, fromId: string, toId: string) {
    return transaction
      .updateTable('applications')
      .set({ owner_id: toId })
      .where('owner_id', '=', fromId)
      .returning(['id', 'name', 'organization_id'])
      .execute()
  }
}

function selectWithOwner(store: Store) {
  return store
    .selectFrom('applications')
    .innerJoin('users', 'users.id', 'applications.owner_id')
    .select([
      'applications.id',
      'applications.organization_id',
      'applications.owner_id',
      'applications.name',
      'applications.description',
      'applications.url',
      'applications.created_at',
      'applications.updated_at',
      'users.name as owner_name',
      'users.email as owner_email',
      sql<boolean>`applications.thumbnail IS NOT NULL`.as('has_thumbnail'),
    ])
    .select(audienceColumn('application').as('audience'))
    .where('applications.deleted_at', 'is', null)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectWithOwner>['execute']>>[number]

function toApplication(row: Row): Application {
  return {
    id: row.id,
    organizationId: row.organization_id,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    name: row.name,
    description: row.description,
    url: row.url,
    hasThumbnail: row.has_thumbnail,
    audience: row.audience,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function narrow<Tables extends keyof Database, Selected>(
  builder: SelectQueryBuilder<Database, Tables | 'applications', Selected>,
  visible: Predicate,
  userId: string,
  { scope, search: text }: ApplicationListQuery,
): SelectQueryBuilder<Database, Tables | 'applications', Selected> {
  let narrowed = builder
    .where(sql<boolean>`applications.deleted_at IS NULL`)
    .where(compilePredicate(visible, 'application'))
  if (scope === 'favourites') narrowed = narrowed.where(isFavouriteColumn('application', userId))
  const search = text?.trim()
  if (!search) return narrowed
  const pattern = containsText(search)
  return narrowed.where(sql<boolean>`(applications.name ILIKE ${pattern} OR applications.description ILIKE ${pattern})`)
}
