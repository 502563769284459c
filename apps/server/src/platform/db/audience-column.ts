import type { Audience, ContainedKind, Container, ShareableKind } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES, CONTAINER_COLUMNS } from './compile-predicate.ts'
import { isInForce } from './grant-in-force.ts'

/** All grants in force of each asset of a query on that kind's table, as one value in the shape that policy decides on. */
export function audienceColumn(kind: ShareableKind): RawBuilder<Audience> {
  return audienceOf(kind, `${ASSET_TABLES[kind]}.id`)
}

/** A folder around something, with what people call it. */
export interface NamedContainer extends Container {
  readonly name: string
}

/** The folders around each asset of a query on that kind's table, from the inside out, as policy decides on them. */
export function containersColumn(kind: ContainedKind): RawBuilder<NamedContainer[]> {
  const { column, minDepth } = CONTAINER_COLUMNS[kind]
  return foldersAround(column, minDepth)
}

/** The folder that a column names, from so many levels above it on, and all around it. */
export function foldersAround(column: string, minDepth = 0): RawBuilder<NamedContainer[]> {
  return sql<NamedContainer[]>`(
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', containers.id, 'name', containers.name, 'ownerId', containers.owner_id,
      'audience', ${audienceOf('project', 'containers.id')}) ORDER BY project_ancestors.depth), '[]')
    FROM project_ancestors JOIN projects AS containers ON containers.id = project_ancestors.ancestor_id
    WHERE project_ancestors.project_id = ${sql.ref(column)} AND project_ancestors.depth >= ${minDepth})`
}

function audienceOf(kind: ShareableKind, idColumn: string): RawBuilder<Audience> {
  return sql<Audience>`(
    SELECT jsonb_build_object(
      'organization', coalesce(bool_or(grants.audience_kind = 'organization'), false),
      'public', coalesce(bool_or(grants.audience_kind = 'public'), false),
      'groupIds', coalesce(jsonb_agg(grants.group_id ORDER BY grants.group_id) FILTER (WHERE grants.group_id IS NOT NULL), '[]'),
      'userIds', coalesce(jsonb_agg(grants.user_id ORDER BY grants.user_id) FILTER (WHERE grants.user_id IS NOT NULL), '[]'))
    FROM grants WHERE grants.asset_kind = ${kind} AND grants.asset_id = ${sql.ref(idColumn)}
      AND ${isInForce()})`
}
