import type { InvitationListQuery, InvitationState, Role } from '@graticule/contract'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { InvitationRow } from '../../platform/db/tables.ts'

/** An invitation with the names that a list or a page shows. */
export type ListedInvitation = Omit<InvitationRow, 'token_hash'> & {
  /** Null, as the e-mail, for somebody who joins by their e-mail's domain. */
  readonly inviter_name: string | null
  readonly inviter_email: string | null
  readonly organization_name: string
  readonly suspended_at: Date | null
  /** Of somebody who is in the organization with this address. */
  readonly member_role: Role | null
  readonly member_since: Date | null
}

export type NewInvitation = Omit<InvitationRow, 'accepted_at' | 'accepted_by' | 'withdrawn_at'>

const DEFAULT_PAGE_SIZE = 50

/** Invitations in the metadata store. */
export class InvitationStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** One page of an organization's invitations, the latest first, and how many the query finds in all. */
  async listPage(organizationId: string, query: InvitationListQuery, now: Date) {
    const pageSize = query.pageSize ?? DEFAULT_PAGE_SIZE
    const matching = () => {
      const found = this.#listed(this.#store).where('invitations.organization_id', '=', organizationId)
      return query.state === undefined ? found : found.where(isInState(query.state, now))
    }
    const { total } = await this.#store
      .selectFrom(matching().as('matching'))
      .select((select) => select.fn.countAll<string>().as('total'))
      .executeTakeFirstOrThrow()
    const invitations = await matching()
      .orderBy('invitations.created_at', 'desc')
      .orderBy('invitations.id')
      .limit(pageSize)
      .offset(((query.page ?? 1) - 1) * pageSize)
      .execute()
    return { invitations, total: Number(total) }
  }

  /** The addresses of those who can still accept, the earliest first. */
  async listPending(transaction: Store, organizationId: string, now: Date) {
    return transaction
      .selectFrom('invitations')
      .select(['email', 'role', 'invited_by'])
      .where('organization_id', '=', organizationId)
      .where(isInState('pending', now))
      .orderBy('created_at')
      .orderBy('email')
      .execute()
  }

  async find(organizationId: string, id: string, store: Store = this.#store): Promise<ListedInvitation | null> {
    const row = await this.#listed(store)
      .where('invitations.organization_id', '=', organizationId)
      .where('invitations.id', '=', id)
      .executeTakeFirst()
    return row ?? null
  }

  async findByToken(tokenHash: string, store: Store = this.#store): Promise<ListedInvitation | null> {
    const row = await this.#listed(store).where('invitations.token_hash', '=', tokenHash).executeTakeFirst()
    return row ?? null
  }

  /** The invitation of an address that is neither accepted nor withdrawn; it may have expired. */
  async findOpen(transaction: Store, organizationId: string, email: string): Promise<ListedInvitation | null> {
    const row = await this.#listed(transaction)
      .where('invitations.organization_id', '=', organizationId)
      .where(sql`lower(invitations.email)`, '=', email.toLowerCase())
      .where('invitations.accepted_at', 'is', null)
      .where('invitations.withdrawn_at', 'is', null)
      .executeTakeFirst()
    return row ?? null
  }

  /** Those of these people that nobody has accepted and that were not withdrawn. */
  async listOpenOf(transaction: Store, inviterIds: readonly string[]): Promise<ListedInvitation[]> {
    if (inviterIds.length === 0) return []
    return this.#listed(transaction)
      .where('invitations.invited_by', 'in', inviterIds)
      .where('invitations.accepted_at', 'is', null)
      .where('invitations.withdrawn_at', 'is', null)
      .orderBy('invitations.id')
      .execute()
  }

  async insert(transaction: Store, invitation: NewInvitation): Promise<void> {
    await transaction.insertInto('invitations').values(invitation).execute()
  }

  /** Gives an open invitation a new link and a new end; the old link dies with it. */
  async renew(transaction: Store, id: string, link: Pick<InvitationRow, 'token_hash' | 'sent_at' | 'expires_at'>) {
    await transaction.updateTable('invitations').set(link).where('id', '=', id).execute()
  }

  async markWithdrawn(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction.updateTable('invitations').set({ withdrawn_at: at }).where('id', '=', id).execute()
  }

  async markAccepted(transaction: Store, id: string, userId: string, at: Date): Promise<void> {
    await transaction
      .updateTable('invitations')
      .set({ accepted_at: at, accepted_by: userId })
      .where('id', '=', id)
      .execute()
  }

  #listed(store: Store) {
    return store
      .selectFrom('invitations')
      .leftJoin('users as inviters', 'inviters.id', 'invitations.invited_by')
      .innerJoin('organizations', 'organizations.id', 'invitations.organization_id')
      .select([
        'invitations.id',
        'invitations.organization_id',
        'invitations.email',
        'invitations.role',
        'invitations.invited_by',
        'invitations.created_at',
        'invitations.sent_at',
        'invitations.expires_at',
        'invitations.accepted_at',
        'invitations.accepted_by',
        'invitations.withdrawn_at',
        'inviters.name as inviter_name',
        'inviters.email as inviter_email',
        'organizations.name as organization_name',
        'organizations.suspended_at',
        memberOf<Role>('role').as('member_role'),
        memberOf<Date>('created_at').as('member_since'),
      ])
  }
}

/** Whoever of the organization has the address of the invitation; the first, should there be several. */
function memberOf<Value>(column: 'role' | 'created_at'): RawBuilder<Value | null> {
  return sql<Value | null>`(
    SELECT members.${sql.ref(column)} FROM users AS members
    WHERE members.organization_id = invitations.organization_id AND lower(members.email) = lower(invitations.email)
      AND members.deleted_at IS NULL AND members.support_grant_id IS NULL
    ORDER BY members.created_at, members.id LIMIT 1)`
}

function isInState(state: InvitationState, now: Date): RawBuilder<SqlBool> {
  const isOpen = sql`invitations.accepted_at IS NULL AND invitations.withdrawn_at IS NULL`
  switch (state) {
    case 'pending':
      return sql`(${isOpen} AND invitations.expires_at > ${now})`
    case 'expired':
      return sql`(${isOpen} AND invitations.expires_at <= ${now})`
    case 'accepted':
      return sql`invitations.accepted_at IS NOT NULL`
    case 'withdrawn':
      return sql`invitations.withdrawn_at IS NOT NULL`
  }
}
