import pg from 'pg'
import type { EngineConnection } from '../../platform/engine/engine.ts'

// Apart from the loading itself, whose data the server's own process must not carry in memory.

/** The schema of the demo tables in the embedded warehouse. */
export const DEMO_SCHEMA = 'demo'

/** Grows when the tables change, so that older demo warehouses are loaded again. */
const DATA_VERSION = 2

/** The schema's comment is the completion marker: it is written in the transaction that loads everything. */
export const COMPLETION_MARKER = `Real open data to try Graticule with (version ${DATA_VERSION})`

/** Told after each step of loading. */
export interface LoadProgress {
  readonly table: string
  readonly rows: number
  readonly durationMs: number
}

/** Whether the demo tables are all there, as the last step of loading them says. */
export async function isWarehouseLoaded(connection: EngineConnection): Promise<boolean> {
  return withClient(connection, async (client) => {
    const result = await client.query<{ comment: string | null }>(
      "SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1",
      [DEMO_SCHEMA],
    )
    return result.rows[0]?.comment === COMPLETION_MARKER
  })
}

/** Lends a client of the engine and closes it afterwards. */
export async function withClient<Result>(connection: EngineConnection, use: (client: pg.Client) => Promise<Result>) {
  const client = new pg.Client({ ...connection })
  await client.connect()
  try {
    return await use(client)
  } finally {
    // A client that leaves inside a transaction takes the transaction with it.
    await client.end()
  }
}
