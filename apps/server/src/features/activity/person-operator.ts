import { AppError } from '@graticule/contract'
import { sql } from 'kysely'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'

export interface PersonOptions {
  readonly store: Store
  readonly activity: ActivityLog
}

/** Everything that is kept of whoever has or had this e-mail address, as JSON. */
export async function exportPerson({ store }: PersonOptions, email: string): Promise<string> {
  const ids = await listIds(store, email)
  const people = await store
    .selectFrom('users')
    .select(['id', 'organization_id', 'email', 'name', 'role', 'created_at', 'last_sign_in_at', 'deleted_at'])
    .where('id', 'in', [...ids, ''])
    .execute()
  const sessions = await store
    .selectFrom('sessions')
    .select(['user_id', 'created_at', 'last_seen_at', 'ip_address', 'user_agent'])
    .where('user_id', 'in', [...ids, ''])
    .execute()
  const identities = await store
    .selectFrom('external_identities')
    .select(['user_id', 'issuer', 'subject', 'email'])
    .where('user_id', 'in', [...ids, ''])
    .execute()
  const directories = await store
    .selectFrom('scim_users')
    .select(['user_id', 'user_name', 'external_id', 'attributes'])
    .where('user_id', 'in', [...ids, ''])
    .execute()
  const invitations = await store
    .selectFrom('invitations')
    .select(['id', 'organization_id', 'email', 'role', 'created_at', 'accepted_at', 'withdrawn_at'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .execute()
  const joinRequests = await store
    .selectFrom('join_requests')
    .select(['id', 'organization_id', 'email', 'name', 'message', 'created_at'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .execute()
  const events = await store
    .selectFrom('activity')
    .select(['id', 'organization_id', 'at', 'type', 'asset_type', 'asset_id', 'details', 'ip_address', 'user_agent'])
    .where(isAbout(ids, email))
    .orderBy('position')
    .execute()
  const found = { people, sessions, identities, directories, invitations, joinRequests, events }
  if (Object.values(found).every((rows) => rows.length === 0)) throw nobody(email)
  return JSON.stringify(found, null, 2)
}

/**
 * Takes away whatever tells who somebody was. What they did stays, under an id that stands for nobody any more, and so
 * does the chain of the log. Refused for somebody who still belongs to an organization.
 */
export async function erasePerson({ store, activity }: PersonOptions, email: string): Promise<string> {
  return store.transaction().execute(async (transaction) => {
    const ids = await listIds(transaction, email)
    const people = await transaction
      .selectFrom('users')
      .select(['id', 'organization_id', 'deleted_at'])
      .where('id', 'in', [...ids, ''])
      .forUpdate()
      .execute()
    if (people.some(({ deleted_at }) => deleted_at === null)) {
      throw new AppError(
        'conflict',
        `${email} still belongs to an organization; delete the person there first. Nothing was erased.`,
        { details: { rule: 'person.belongs' } },
      )
    }
    const events = await sql`
      DELETE FROM activity_personal WHERE event_id IN (
        SELECT id FROM activity WHERE ${isAbout(ids, email)})`.execute(transaction)
    for (const table of ['invitations', 'join_requests'] as const) {
      await transaction.deleteFrom(table).where(sql`lower(email)`, '=', email.toLowerCase()).execute()
    }
    for (const table of ['external_identities', 'scim_users', 'sessions'] as const) {
      await transaction
        .deleteFrom(table)
        .where('user_id', 'in', [...ids, ''])
        .execute()
    }
    for (const { id, organization_id } of people) {
      await transaction
        .updateTable('users')
        .set({ name: 'Somebody who was erased', email: `${id}@erased.invalid`, password_hash: null })
        .where('id', '=', id)
        .execute()
      await activity.record(transaction, {
        organizationId: organization_id,
        actor: SYSTEM_ACTOR,
        type: 'user.erased',
        assetType: 'user',
        assetId: id,
        requestId: 'command-line',
      })
    }
    const erased = Number(events.numAffectedRows ?? 0n)
    if (people.length === 0 && erased === 0) throw nobody(email)
    return `Erased what told who ${email} was, in ${erased} events of the log as well. The log can still be verified.`
  })
}

/** Those who have the address, or had it once as far as the log knows. */
async function listIds(store: Store, email: string): Promise<string[]> {
  const users = await store
    .selectFrom('users')
    .select('id')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .execute()
  return users.map(({ id }) => id)
}

function isAbout(ids: readonly string[], email: string) {
  const people = [...ids, '']
  const pattern = `%"${email.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}"%`
  return sql<boolean>`(
    (actor_kind = 'user' AND actor_id IN (${sql.join(people)}))
    OR (asset_type = 'user' AND asset_id IN (${sql.join(people)}))
    OR lower(details::text) LIKE ${pattern})`
}

function nobody(email: string): AppError {
  return new AppError('not_found', `Nothing is kept of ${email}; nothing was changed.`)
}
