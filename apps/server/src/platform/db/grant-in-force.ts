import { type RawBuilder, type SqlBool, sql } from 'kysely'

/**
 * Whether a grant of a query still grants anything. By the store's clock, so that all servers on it agree; nothing has to
 * remove a grant for it to end.
 */
export function isInForce(): RawBuilder<SqlBool> {
  return sql<SqlBool>`(grants.expires_at IS NULL OR grants.expires_at > now())`
}
