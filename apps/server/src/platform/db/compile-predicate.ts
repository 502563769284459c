import { assertNever } from '@graticule/contract'
import {
  type AssetKind,
  type ContainedKind,
  type Grantee,
  isContainedKind,
  type Predicate,
  type PredicateField,
  type PredicateFlag,
} from '@graticule/policy'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { isInForce } from './grant-in-force.ts'

const COLUMNS: Readonly<Record<PredicateField, string>> = {
  id: 'id',
  organizationId: 'organization_id',
  ownerId: 'owner_id',
}

/** Where the assets of each kind are kept. */
export const ASSET_TABLES = {
  map: 'maps',
  connection: 'connections',
  workflow: 'workflows',
  application: 'applications',
  project: 'projects',
  token: 'tokens',
  'named-source': 'named_sources',
  'oauth-client': 'oauth_clients',
} as const satisfies Readonly<Record<AssetKind, string>>

/** Which folder something is in: the column that leads to its row among the ancestors, and how far up the first is. */
export const CONTAINER_COLUMNS = {
  map: { column: 'maps.project_id', minDepth: 0 },
  workflow: { column: 'workflows.project_id', minDepth: 0 },
  project: { column: 'projects.id', minDepth: 1 },
} as const satisfies Readonly<Record<ContainedKind, { readonly column: string; readonly minDepth: number }>>

/** A policy predicate as a condition on the table of one kind of asset, for `where()`. Values are bound. */
export function compilePredicate(predicate: Predicate, kind: AssetKind): Expression<SqlBool> {
  return compile(predicate, kind)
}

function compile(predicate: Predicate, kind: AssetKind): RawBuilder<SqlBool> {
  const table = ASSET_TABLES[kind]
  switch (predicate.type) {
    case 'none':
      return sql<SqlBool>`false`
    case 'equals':
      return sql<SqlBool>`${sql.ref(`${table}.${COLUMNS[predicate.field]}`)} = ${predicate.value}`
    case 'granted':
      // Not correlated with the row, so that grants are looked up once and not for each asset; one part for each kind of
      // audience, because an index serves none of them when they stand in one condition.
      return sql<SqlBool>`${sql.ref(`${table}.id`)} IN (${sql.join(
        predicate.to.map(
          (grantee) => sql`
        SELECT grants.asset_id FROM grants
        WHERE grants.organization_id = ${predicate.organizationId} AND grants.asset_kind = ${kind}
        AND ${compileGrantee(grantee, kind)} AND ${isInForce()}`,
        ),
        sql` UNION ALL `,
      )})`
    case 'shared':
      return sql<SqlBool>`(${sql.ref(`${table}.id`)} IN (
        SELECT grants.asset_id FROM grants
        WHERE grants.organization_id = ${predicate.organizationId} AND grants.asset_kind = ${kind} AND ${isInForce()})
        OR (${sql.ref(`${table}.organization_id`)} = ${predicate.organizationId} AND ${compileContained(kind)}))`
    case 'is':
      return compileFlag(predicate.flag, kind)
    case 'inside': {
      if (!isContainedKind(kind)) return sql<SqlBool>`false`
      const { column, minDepth } = CONTAINER_COLUMNS[kind]
      // Like grants: the folders that are meant are gathered once and not for each asset.
      return sql<SqlBool>`${sql.ref(column)} IN (
        SELECT project_ancestors.project_id FROM project_ancestors
        JOIN projects ON projects.id = project_ancestors.ancestor_id
        WHERE project_ancestors.depth >= ${minDepth} AND ${compile(predicate.term, 'project')})`
    }
    case 'not':
      // What is unknown, such as the owner of what belongs to nobody, does not hold, and so its opposite does.
      return sql<SqlBool>`(${compile(predicate.term, kind)}) IS NOT TRUE`
    case 'and':
      return sql<SqlBool>`(${sql.join(
        predicate.terms.map((term) => compile(term, kind)),
        sql` AND `,
      )})`
    case 'or':
      return sql<SqlBool>`(${sql.join(
        predicate.terms.map((term) => compile(term, kind)),
        sql` OR `,
      )})`
    default:
      return assertNever(predicate)
  }
}

/** Whether it is in any folder at all. */
function compileContained(kind: AssetKind): RawBuilder<SqlBool> {
  if (!isContainedKind(kind)) return sql<SqlBool>`false`
  const { column, minDepth } = CONTAINER_COLUMNS[kind]
  return sql<SqlBool>`${sql.ref(column)} IN (
    SELECT project_ancestors.project_id FROM project_ancestors WHERE project_ancestors.depth >= ${minDepth})`
}

function compileFlag(flag: PredicateFlag, kind: AssetKind): RawBuilder<SqlBool> {
  switch (flag) {
    case 'listed':
      return kind === 'map' ? sql<SqlBool>`maps.is_listed` : sql<SqlBool>`true`
    case 'collaborative':
      return kind === 'map' ? sql<SqlBool>`maps.is_collaborative` : sql<SqlBool>`false`
    default:
      return assertNever(flag)
  }
}

function compileGrantee({ audience, ids }: Grantee, kind: AssetKind): RawBuilder<SqlBool> {
  switch (audience) {
    case 'organization':
      return sql<SqlBool>`grants.audience_kind = ${audience}`
    case 'public':
      return kind === 'map'
        ? sql<SqlBool>`(grants.audience_kind = ${audience} AND grants.asset_id NOT IN (
            SELECT locked.id FROM maps AS locked WHERE locked.password_hash IS NOT NULL))`
        : sql<SqlBool>`grants.audience_kind = ${audience}`
    case 'group':
      return sql<SqlBool>`grants.audience_kind = 'group' AND ${isAnyOf('grants.group_id', ids)}`
    case 'user':
      return sql<SqlBool>`grants.audience_kind = 'user' AND ${isAnyOf('grants.user_id', ids)}`
    default:
      return assertNever(audience)
  }
}

function isAnyOf(column: string, ids: readonly string[]): RawBuilder<SqlBool> {
  return ids.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`${sql.ref(column)} IN (${sql.join(ids)})`
}
