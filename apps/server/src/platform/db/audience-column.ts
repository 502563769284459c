import type { Audience, ShareableKind } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES } from './compile-predicate.ts'
import { isInForce } from './grant-in-force.ts'

/** All grants in force of each asset of a query on that kind's table, as one value in the shape that policy decides on. */
export function audienceColumn(kind: ShareableKind): RawBuilder<Audience> {
  return sql<Audience>`(
    SELECT jsonb_build_object(
      'organization', coalesce(bool_or(grants.audience_kind = 'organization'), false),
      'public', coalesce(bool_or(grants.audience_kind = 'public'), false),
      'groupIds', coalesce(jsonb_agg(grants.group_id ORDER BY grants.group_id) FILTER (WHERE grants.group_id IS NOT NULL), '[]'),
      'userIds', coalesce(jsonb_agg(grants.user_id ORDER BY grants.user_id) FILTER (WHERE grants.user_id IS NOT NULL), '[]'))
    FROM grants WHERE grants.asset_kind = ${kind} AND grants.asset_id = ${sql.ref(`${ASSET_TABLES[kind]}.id`)}
      AND ${isInForce()})`
}
