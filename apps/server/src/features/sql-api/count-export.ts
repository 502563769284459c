import type { Caller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Connection } from '../connections/connection.ts'
import type { ResultFormat } from './result-format.ts'

/** Something that leaves a warehouse for keeps: through which connection and as what. */
export interface Export {
  readonly caller: Caller
  readonly connection: Connection
  readonly format: ResultFormat
  /** Whether the client asked for it under the name of a file. */
  readonly isFile: boolean
}

/**
 * Passes the text of an export on and records how many rows and bytes left, whether or not all of them did: one event at
 * its end, which is also when the client hangs up or the warehouse fails. `count` holds the rows that were written so far.
 */
export async function* countExport(
  activity: ActivityLog,
  { caller, connection, format, isFile }: Export,
  text: AsyncIterable<string>,
  count: { readonly rows: number },
): AsyncGenerator<string> {
  let sizeBytes = 0
  let isComplete = false
  try {
    for await (const piece of text) {
      sizeBytes += Buffer.byteLength(piece)
      yield piece
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
      details: {
        ...{ connection: connection.name, format, isFile, rows: count.rows, sizeBytes },
        outcome: isComplete ? 'complete' : 'cut off',
      },
    })
  }
}
