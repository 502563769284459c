import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { CertificateAuthorityRow } from '../../platform/db/tables.ts'
import { databaseRoleOf } from './database-role.ts'

/** Somebody who may be certified, and what their certificates say. */
export interface CertifiableRow {
  readonly id: string
  readonly email: string
  readonly organization_id: string
}

export async function findAuthority(db: Store, organizationId: string): Promise<CertificateAuthorityRow | null> {
  const row = await db
    .selectFrom('certificate_authorities')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  return row ?? null
}

/** Stores an authority unless there is one; answers the one that counts. */
export async function addAuthority(transaction: Store, row: CertificateAuthorityRow): Promise<CertificateAuthorityRow> {
  await transaction
    .insertInto('certificate_authorities')
    .values(row)
    .onConflict((conflict) => conflict.column('organization_id').doNothing())
    .execute()
  return (await findAuthority(transaction, row.organization_id)) ?? row
}

/** Stores an authority in place of the one there is. */
export async function putAuthority(transaction: Store, row: CertificateAuthorityRow): Promise<void> {
  const { organization_id, ...changes } = row
  await transaction
    .insertInto('certificate_authorities')
    .values(row)
    .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(changes))
    .execute()
}

/** Those of these people who may sign in now; never support people, and nobody of an organization that is shut. */
export async function listCertifiable(db: Store, userIds: readonly string[]): Promise<CertifiableRow[]> {
  if (userIds.length === 0) return []
  return db
    .selectFrom('users')
    .innerJoin('organizations', 'organizations.id', 'users.organization_id')
    .select(['users.id', 'users.email', 'users.organization_id'])
    .where('users.id', 'in', userIds)
    .where('users.disabled_at', 'is', null)
    .where('users.deleted_at', 'is', null)
    .where('users.support_grant_id', 'is', null)
    .where('organizations.suspended_at', 'is', null)
    .execute()
}

/** Everybody of an organization who may be certified, by name. */
export async function listCertifiableOf(db: Store, organizationId: string): Promise<CertifiableRow[]> {
  return db
    .selectFrom('users')
    .select(['id', 'email', 'organization_id'])
    .where('organization_id', '=', organizationId)
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .where('support_grant_id', 'is', null)
    .orderBy('email')
    .execute()
}

/** Whether somebody else of the organization, who may be certified too, would be the same role. */
export async function isRoleShared(db: Store, person: CertifiableRow, role: string): Promise<boolean> {
  const alike = await db
    .selectFrom('users')
    .select('email')
    .where('organization_id', '=', person.organization_id)
    .where('id', '!=', person.id)
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .where('support_grant_id', 'is', null)
    // As ASCII, whatever the language of the store: a role has no other letters.
    .where(sql<boolean>`starts_with(lower(email COLLATE "C"), ${`${role}@`})`)
    .execute()
  return alike.some(({ email }) => databaseRoleOf(email) === role)
}

/** The ids of the authorities of these organizations. */
export async function listAuthorityIds(db: Store, organizationIds: readonly string[]): Promise<Set<string>> {
  if (organizationIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('certificate_authorities')
    .select('id')
    .where('organization_id', 'in', organizationIds)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
