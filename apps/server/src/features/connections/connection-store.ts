import type { CredentialPolicy, UserSummary, ViewerAuthentication, ViewerTokenSettings } from '@graticule/contract'
import type { Predicate } from '@graticule/policy'
import { type Kysely, sql, type Transaction } from 'kysely'
import { audienceColumn } from '../../platform/db/audience-column.ts'
import { compilePredicate } from '../../platform/db/compile-predicate.ts'
import { toJson } from '../../platform/db/database.ts'
import type { ConnectionChanges, Database, NewConnection } from '../../platform/db/tables.ts'
import { type Connection, connectionFromRow } from './connection.ts'

type Reader = Kysely<Database> | Transaction<Database>

/** A connection and who owns it; null for one that belongs to the system. */
export interface OwnedConnection {
  readonly connection: Connection
  readonly owner: UserSummary | null
}

/** Connections that the predicate shows, by name. */
export async function listConnections(db: Reader, visible: Predicate): Promise<OwnedConnection[]> {
  const rows = await selectWithOwner(db)
    .where(compilePredicate(visible, 'connection'))
    .orderBy('connections.name')
    .execute()
  return rows.map(toOwned)
}

/** By id, name or alias, within one organization. A name wins over an alias. */
export async function findConnection(
  db: Reader,
  organizationId: string,
  idOrName: string,
): Promise<OwnedConnection | null> {
  const row = await selectWithOwner(db)
    .where('connections.organization_id', '=', organizationId)
    .where((where) =>
      where.or([
        where('connections.id', '=', idOrName),
        where('connections.name', '=', idOrName),
        sql<boolean>`connections.aliases @> ${JSON.stringify([idOrName])}::jsonb`,
      ]),
    )
    .orderBy(sql`connections.name = ${idOrName}`, 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? toOwned(row) : null
}

/** Those of these connections that there are, by name. */
export async function listConnectionsById(db: Reader, ids: readonly string[]): Promise<OwnedConnection[]> {
  if (ids.length === 0) return []
  const rows = await selectWithOwner(db).where('connections.id', 'in', ids).orderBy('connections.name').execute()
  return rows.map(toOwned)
}

/** Nobody else gives a connection of the organization a name before the transaction ends. */
export async function holdConnectionNames(transaction: Reader, organizationId: string): Promise<void> {
  await transaction.selectFrom('organizations').select('id').where('id', '=', organizationId).forNoKeyUpdate().execute()
}

/** The connection stays as it is, and so does its audience, until the transaction ends. */
export async function lockConnection(transaction: Reader, id: string): Promise<void> {
  await transaction.selectFrom('connections').select('id').where('id', '=', id).forUpdate().execute()
}

/** Those with one of these names or aliases; none of them can be deleted until the transaction ends. */
export async function holdNamedConnections(
  transaction: Reader,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return []
  const rows = await transaction
    .selectFrom('connections')
    .select(['name', 'aliases'])
    .where('organization_id', '=', organizationId)
    .where((where) =>
      where.or([where('name', 'in', names), sql<boolean>`connections.aliases ?| ${sql.val([...names])}::text[]`]),
    )
    .orderBy('id')
    .forKeyShare()
    .execute()
  return rows.flatMap(({ name, aliases }) => [name, ...aliases])
}

export async function insertConnection(transaction: Transaction<Database>, row: NewConnection): Promise<void> {
  await transaction.insertInto('connections').values(row).execute()
}

/** False when it is gone, or was changed since `credentialVersion` was read. */
export async function updateConnection(
  transaction: Reader,
  id: string,
  credentialVersion: number,
  changes: ConnectionChanges,
): Promise<boolean> {
  const result = await transaction
    .updateTable('connections')
    .set(changes)
    .where('id', '=', id)
    .where('credential_version', '=', credentialVersion)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function setCredentialPolicy(
  transaction: Reader,
  id: string,
  policy: CredentialPolicy,
  authentication: ViewerAuthentication,
  token: ViewerTokenSettings | null,
): Promise<void> {
  const changes = {
    credential_policy: policy,
    viewer_authentication: authentication,
    viewer_token: token && toJson(token),
  }
  await transaction.updateTable('connections').set(changes).where('id', '=', id).execute()
}

/** Gives all connections of one owner to another, with their sharing and login as they are. */
export async function transferConnections(transaction: Reader, fromId: string, toId: string) {
  return transaction
    .updateTable('connections')
    .set({ owner_id: toId })
    .where('owner_id', '=', fromId)
    .returning(['id', 'name', 'organization_id'])
    .execute()
}

export async function deleteConnection(transaction: Transaction<Database>, id: string): Promise<boolean> {
  const result = await transaction.deleteFrom('connections').where('id', '=', id).executeTakeFirst()
  return result.numDeletedRows === 1n
}

function selectWithOwner(db: Reader) {
  return db
    .selectFrom('connections')
    .leftJoin('users', 'users.id', 'connections.owner_id')
    .selectAll('connections')
    .select(audienceColumn('connection').as('audience'))
    .select(['users.name as owner_name', 'users.email as owner_email'])
}

type OwnedRow = Awaited<ReturnType<ReturnType<typeof selectWithOwner>['execute']>>[number]

function toOwned(row: OwnedRow): OwnedConnection {
  const owner =
    row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? '', email: row.owner_email ?? '' }
  return { connection: connectionFromRow(row), owner }
}
