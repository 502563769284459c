import { type RawBuilder, sql } from 'kysely'

/** The groups of each person of a query on `users`. */
export function groupIdsColumn(): RawBuilder<string[]> {
  return sql<string[]>`ARRAY(
    SELECT group_members.group_id FROM group_members WHERE group_members.user_id = users.id ORDER BY group_members.group_id)`
}
