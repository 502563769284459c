import type { Caller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Connection } from '../connections/connection.ts'
import type { ResultFormat } from './result-format.ts'

interface Batch {
  readonly rows: readonly unknown[]
}

/** Something that leaves a warehouse for keeps: through which connection and as what. */
export interface Export {
  readonly caller: Caller
  readonly connection: Connection
  readonly format: ResultFormat
  /** Whether the client asked for it under the name of a file. */
  readonly isFile: boolean
}

/**
 * Passes the rows of an export on and records how many left, whether or not all of them did: one event at its end,
 * which is also when the client hangs up or the warehouse fails.
 */
export async function* countExport<Rows extends Batch>(
  activity: ActivityLog,
  { caller, connection, format, isFile }: Export,
  batches: AsyncIterable<Rows>,
): AsyncGenerator<Rows> {
  let rows = 0
  let isComplete = false
  try {
    for await (const batch of batches) {
      rows += batch.rows.length
      yield batch
    }
    isComplete = true
  } finally {
    activity.enqueue({
      organizationId: connection.organizationId,
      actor: actorOf(caller.principal),
      type: 'data.exported',
      assetType: 'connection',
      assetId: connection.id,
      requestId: caller.requestId,
      details: { connection: connection.name, format, isFile, rows, outcome: isComplete ? 'complete' : 'cut off' },
    })
  }
}
