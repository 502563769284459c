import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { OrganizationDomainsTable } from '../../platform/db/tables.ts'

export type DomainRow = Selectable<OrganizationDomainsTable>

/** Domains of organizations in the metadata store. */
export class DomainStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async list(organizationId: string, store: Store = this.#store): Promise<DomainRow[]> {
    return store
      .selectFrom('organization_domains')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('domain')
      .execute()
  }

  async find(organizationId: string, id: string, store: Store = this.#store): Promise<DomainRow | null> {
    const row = await store
      .selectFrom('organization_domains')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  async insert(transaction: Store, domain: Insertable<OrganizationDomainsTable>): Promise<void> {
    await transaction.insertInto('organization_domains').values(domain).execute()
  }

  async update(store: Store, id: string, changes: Updateable<OrganizationDomainsTable>): Promise<void> {
    await store.updateTable('organization_domains').set(changes).where('id', '=', id).execute()
  }

  async delete(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('organization_domains').where('id', '=', id).execute()
  }

  /** The organization that people can enter and whose domain it is at this moment; null for none. */
  async findOwner(
    domain: string,
    store: Store = this.#store,
  ): Promise<{ readonly organizationId: string; readonly autoJoin: boolean } | null> {
    const row = await this.#counting(store)
      .select(['organizations.id as organizationId', 'organizations.auto_join as autoJoin'])
      .where('organization_domains.domain', '=', domain)
      .executeTakeFirst()
    return row ?? null
  }

  /** Whether somebody could join the organization, or any of them, by a domain. */
  async hasAutoJoin(organizationId: string | undefined): Promise<boolean> {
    const joining = this.#counting(this.#store).select('organizations.id').where('organizations.auto_join', '=', true)
    const query = organizationId === undefined ? joining : joining.where('organizations.id', '=', organizationId)
    return (await query.limit(1).executeTakeFirst()) !== undefined
  }

  /** Those that DNS has verified and that it is time to ask about again, the longest unasked first. */
  async listDue(before: Date, limit: number): Promise<DomainRow[]> {
    return this.#store
      .selectFrom('organization_domains')
      .selectAll()
      .where('verified_by', '=', 'dns')
      .where((where) => where.or([where('checked_at', '<', before), where('failing_since', 'is not', null)]))
      .orderBy('checked_at')
      .limit(limit)
      .execute()
  }

  /** As it is now, and not changed by anybody else before the transaction ends; null when it is gone. */
  async lock(transaction: Store, id: string): Promise<DomainRow | null> {
    const row = await transaction
      .selectFrom('organization_domains')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  #counting(store: Store) {
    return store
      .selectFrom('organization_domains')
      .innerJoin('organizations', 'organizations.id', 'organization_domains.organization_id')
      .where('organization_domains.verified_at', 'is not', null)
      .where('organization_domains.failing_since', 'is', null)
      .where('organizations.suspended_at', 'is', null)
  }
}
