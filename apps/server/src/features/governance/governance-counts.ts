import type { GovernancePolicies, Makers } from '@graticule/contract'
import { ADMIN_ROLES, type GovernancePolicyId } from '@graticule/policy'
import { type SqlBool, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'
import { countApplications, countMaps, countPublicMaps } from './governance-store.ts'

/** A connection by what policies ask about it. */
export interface CountedConnection {
  readonly providerId: string
  readonly signIns: readonly string[]
  readonly ownerId: string | null
  /** Whether others read with the login that is stored in it. */
  readonly lendsItsLogin: boolean
}

/** How many things there are that a policy would not let be made any more; null where nothing is counted. */
export async function countKept(
  store: Store,
  organizationId: string,
  policies: GovernancePolicies,
  subject: { readonly policy: GovernancePolicyId; readonly name: string | null },
  connections: readonly CountedConnection[],
): Promise<number | null> {
  const { policy, name } = subject
  switch (policy) {
    case 'connections.create':
      return countConnections(store, policies[policy], connections)
    case 'connections.providers':
    case 'connections.sign-in': {
      const makers = policies[policy][name ?? ''] ?? 'editors'
      const isProvider = policy === 'connections.providers'
      const named = connections.filter(({ providerId, signIns }) =>
        isProvider ? providerId === name : signIns.includes(name ?? ''),
      )
      return countConnections(store, makers, named)
    }
    case 'connections.share':
      return countShared(store, organizationId, 'connection', policies[policy])
    case 'connections.viewer-credentials':
      return policies[policy] ? connections.filter(({ lendsItsLogin }) => lendsItsLogin).length : null
    case 'maps.public':
      return countShared(store, organizationId, 'map', policies[policy])
    case 'maps.public-password':
      return policies[policy] ? countOpenLinks(store, organizationId) : null
    case 'maps.public-viewer-credentials':
      return policies[policy] ? null : countPersonalPublications(store, organizationId)
    case 'maps.limit':
      return countBeyond(policies[policy], await countMaps(store, organizationId))
    case 'maps.public-limit':
      return countBeyond(policies[policy], await countPublicMaps(store, organizationId))
    case 'applications.limit':
      return countBeyond(policies[policy], await countApplications(store, organizationId))
    case 'sharing.own-groups':
      return policies[policy] ? countForeignGroups(store, organizationId) : null
    case 'access.requests':
      return policies[policy] ? null : countRequests(store, organizationId)
    case 'tokens.lifetime':
    case 'tokens.referers':
    case 'tokens.everything':
      return countTokens(store, organizationId, policies, policy)
    case 'applications.register':
      return countRegistered(store, organizationId, policies[policy])
    case 'connections.soft-limit':
    case 'connections.owner-rights':
    case 'people.addresses':
    case 'tokens.addresses':
    case 'embeds.origins':
    case 'exports.files':
    case 'exports.jobs':
      return null
  }
}

/** Whether the owner of something is among those whom a policy leaves nothing. */
function isLeftOut(makers: Exclude<Makers, 'editors'>) {
  return makers === 'nobody' ? sql<SqlBool>`true` : sql<SqlBool>`users.role NOT IN (${sql.join([...ADMIN_ROLES])})`
}

async function countConnections(
  store: Store,
  makers: Makers,
  connections: readonly CountedConnection[],
): Promise<number | null> {
  if (makers === 'editors') return null
  const owners = connections.flatMap(({ ownerId }) => ownerId ?? [])
  if (owners.length === 0) return 0
  const leftOut = await store
    .selectFrom('users')
    .select('id')
    .where('id', 'in', [...new Set(owners)])
    .where(isLeftOut(makers))
    .execute()
  const ids = new Set(leftOut.map(({ id }) => id))
  return owners.filter((id) => ids.has(id)).length
}

async function countShared(
  store: Store,
  organizationId: string,
  kind: 'map' | 'connection',
  makers: Makers,
): Promise<number | null> {
  if (makers === 'editors') return null
  const table = kind === 'map' ? 'maps' : 'connections'
  let grants = store
    .selectFrom('grants')
    .select('asset_id')
    .where('organization_id', '=', organizationId)
    .where('asset_kind', '=', kind)
    .where(isInForce())
  if (kind === 'map') grants = grants.where('audience_kind', '=', 'public')
  const { count } = await store
    .selectFrom(table)
    .innerJoin('users', 'users.id', `${table}.owner_id`)
    .select((select) => select.fn.countAll<string>().as('count'))
    .where(`${table}.organization_id`, '=', organizationId)
    .where(`${table}.id`, 'in', grants)
    .where(isLeftOut(makers))
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function countOpenLinks(store: Store, organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom('grants')
    .innerJoin('maps', 'maps.id', 'grants.asset_id')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('grants.organization_id', '=', organizationId)
    .where('grants.asset_kind', '=', 'map')
    .where('grants.audience_kind', '=', 'public')
    .where('maps.password_hash', 'is', null)
    .where(isInForce())
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Maps whose public link reads a connection that everybody else reads with a login of their own. */
async function countPersonalPublications(store: Store, organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom('map_publications')
    .innerJoin('maps', 'maps.id', 'map_publications.map_id')
    .innerJoin('connections', 'connections.id', 'map_publications.connection_id')
    .select(sql<string>`count(DISTINCT maps.id)`.as('count'))
    .where('maps.organization_id', '=', organizationId)
    .where('maps.deleted_at', 'is', null)
    .where('connections.credential_policy', '=', 'viewer')
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function countForeignGroups(store: Store, organizationId: string): Promise<number> {
  const { count } = await sql<{ count: string }>`
    SELECT count(DISTINCT grants.asset_kind || grants.asset_id) AS count
    FROM grants
    JOIN (
      SELECT id, owner_id FROM maps UNION ALL SELECT id, owner_id FROM connections
      UNION ALL SELECT id, owner_id FROM workflows UNION ALL SELECT id, owner_id FROM applications
    ) AS assets ON assets.id = grants.asset_id
    JOIN users ON users.id = assets.owner_id AND users.role NOT IN (${sql.join([...ADMIN_ROLES])})
    WHERE grants.organization_id = ${organizationId} AND grants.audience_kind = 'group' AND ${isInForce()}
      AND NOT EXISTS (
        SELECT FROM group_members AS members
        WHERE members.group_id = grants.group_id AND members.user_id = assets.owner_id
      )`
    .execute(store)
    .then(({ rows }) => rows[0] ?? { count: '0' })
  return Number(count)
}

async function countRequests(store: Store, organizationId: string): Promise<number> {
  const { count } = await store
    .selectFrom('access_requests')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('organization_id', '=', organizationId)
    .where('decided_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

async function countTokens(
  store: Store,
  organizationId: string,
  policies: GovernancePolicies,
  policy: 'tokens.lifetime' | 'tokens.referers' | 'tokens.everything',
): Promise<number | null> {
  let query = store
    .selectFrom('tokens')
    .innerJoin('users', 'users.id', 'tokens.owner_id')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tokens.organization_id', '=', organizationId)
    .where('tokens.revoked_at', 'is', null)
    .where(sql<SqlBool>`(tokens.expires_at IS NULL OR tokens.expires_at > now())`)
  if (policy === 'tokens.lifetime') {
    const days = policies['tokens.lifetime']
    if (days === null) return null
    query = query.where(
      sql<SqlBool>`(tokens.expires_at IS NULL OR tokens.expires_at > tokens.created_at + make_interval(days => ${days}::int))`,
    )
  } else if (policy === 'tokens.referers') {
    if (!policies['tokens.referers']) return null
    query = query.where(sql<SqlBool>`tokens.referers = '[]'::jsonb`)
  } else {
    const makers = policies['tokens.everything']
    if (makers === 'editors') return null
    query = query.where(sql<SqlBool>`tokens.grants @> '[{"source": "*"}]'::jsonb`).where(isLeftOut(makers))
  }
  return Number((await query.executeTakeFirstOrThrow()).count)
}

async function countRegistered(store: Store, organizationId: string, makers: Makers): Promise<number | null> {
  if (makers === 'editors') return null
  const { count } = await store
    .selectFrom('applications')
    .innerJoin('users', 'users.id', 'applications.owner_id')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('applications.organization_id', '=', organizationId)
    .where('applications.deleted_at', 'is', null)
    .where(isLeftOut(makers))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function countBeyond(limit: number | null, count: number): number | null {
  return limit === null ? null : Math.max(0, count - limit)
}
