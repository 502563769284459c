import { type Insertable, type Selectable, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { AccessDecisionsTable } from '../../platform/db/tables.ts'

export type NewDecision = Insertable<AccessDecisionsTable>
export type DecisionRow = Selectable<AccessDecisionsTable> & {
  readonly userName: string | null
  readonly userRole: string | null
  readonly tokenName: string | null
}

/** Whose decisions are counted together. */
export type Refused = Pick<DecisionRow, 'organization_id' | 'principal_kind' | 'principal_id'>

export async function insertDecisions(store: Store, rows: readonly NewDecision[]): Promise<void> {
  if (rows.length > 0) await store.insertInto('access_decisions').values(rows).execute()
}

/** Keeps the newest of one principal and removes the rest. */
export async function trimDecisions(store: Store, refused: Refused, kept: number): Promise<void> {
  await sql`
    DELETE FROM access_decisions WHERE id IN (
      SELECT id FROM access_decisions
      WHERE organization_id = ${refused.organization_id} AND principal_kind = ${refused.principal_kind}
        AND principal_id = ${refused.principal_id}
      ORDER BY at DESC, id DESC OFFSET ${kept})
  `.execute(store)
}

export async function deleteDecisions(store: Store, before: Date): Promise<void> {
  await store.deleteFrom('access_decisions').where('at', '<', before).execute()
}

/** A decision with the names of today; null for one of another organization too. */
export async function findDecision(store: Store, organizationId: string, id: string): Promise<DecisionRow | null> {
  const row = await store
    .selectFrom('access_decisions')
    .leftJoin('tokens', (join) =>
      join.onRef('tokens.id', '=', 'access_decisions.principal_id').on('access_decisions.principal_kind', '=', 'token'),
    )
    .leftJoin('users', (join) =>
      join.onRef('users.id', '=', 'access_decisions.principal_id').on('access_decisions.principal_kind', '=', 'user'),
    )
    .selectAll('access_decisions')
    .select(['users.name as userName', 'users.role as userRole', 'tokens.name as tokenName'])
    .where('access_decisions.id', '=', id)
    .where('access_decisions.organization_id', '=', organizationId)
    .executeTakeFirst()
  return row ?? null
}
