import { AppError } from '@graticule/contract'
import type { UserCaller } from '../../http/caller.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'

/** How long the warehouse has to answer about a name or a text. */
export const CHECK_TIMEOUT_MS = 30_000

/** Throws when the name would stand for a table no longer, for whoever reads that without its schema. */
export async function requireNoTable(
  connections: Pick<ConnectionService, 'warehouse'>,
  caller: UserCaller,
  connection: Connection,
  name: string,
): Promise<void> {
  const warehouse = await connections.warehouse(caller, connection, 'catalog')
  const options = { signal: caller.signal, timeoutMs: CHECK_TIMEOUT_MS }
  try {
    await warehouse.describe({ type: 'table', name }, options)
  } catch (error) {
    if (error instanceof AppError && !error.code.startsWith('warehouse_')) return
    throw error
  }
  throw new AppError('conflict', `There is a table called "${name}" on this connection; choose another name.`, {
    details: { rule: 'named-source.table' },
  })
}
