import type { Role } from '@graticule/contract'
import type { Readership } from '@graticule/policy'
import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'

interface CountedRow {
  /** Null in the rows about all of the organization. */
  readonly group_id: string | null
  readonly role: Role
  readonly count: number
  /** Of the organization's: those that were asked for by id. Of a group's: all. */
  readonly ids: readonly string[]
}

/** How many people there are of each role, and who of them is in these groups or among these: one statement for all. */
export async function readReadership(
  store: Store,
  organizationId: string,
  groupIds: readonly string[],
  userIds: readonly string[],
): Promise<Readership> {
  const named = userIds.length === 0 ? sql`false` : sql`users.id IN (${sql.join([...new Set(userIds)])})`
  const grouped =
    groupIds.length === 0 ? sql`false` : sql`group_members.group_id IN (${sql.join([...new Set(groupIds)])})`
  const { rows } = await sql<CountedRow>`
    SELECT NULL::text AS group_id, users.role, count(*)::integer AS count,
      coalesce(jsonb_agg(users.id) FILTER (WHERE ${named}), '[]') AS ids
    FROM users WHERE users.organization_id = ${organizationId} AND users.disabled_at IS NULL
    GROUP BY users.role
    UNION ALL
    SELECT group_members.group_id, users.role, count(*)::integer, jsonb_agg(users.id)
    FROM group_members JOIN users ON users.id = group_members.user_id
    WHERE ${grouped} AND users.organization_id = ${organizationId} AND users.disabled_at IS NULL
    GROUP BY group_members.group_id, users.role
  `.execute(store)
  const headcount = new Map<Role, number>()
  const roleOf = new Map<string, Role>()
  const membersOf = new Map<string, Map<Role, readonly string[]>>()
  for (const { group_id: groupId, role, count, ids } of rows) {
    if (groupId === null) {
      headcount.set(role, count)
      for (const id of ids) roleOf.set(id, role)
      continue
    }
    const members = membersOf.get(groupId) ?? new Map<Role, readonly string[]>()
    membersOf.set(groupId, members.set(role, ids))
  }
  return { organizationId, headcount, roleOf, membersOf }
}
