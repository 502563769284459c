import { cpus, release, totalmem } from 'node:os'
import pg from 'pg'

/** The machine and the versions that the numbers belong to, as Markdown lines. */
export async function describeMachine(connectionString: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query(
      "SELECT current_setting('server_version') AS postgres, postgis_lib_version() AS postgis",
    )
    return [
      `- CPU: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
      `- Memory: ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
      `- System: ${process.platform} ${release()} ${process.arch}`,
      `- Node ${process.versions.node}, PostgreSQL ${rows[0]?.postgres}, PostGIS ${rows[0]?.postgis}`,
    ]
  } finally {
    await client.end()
  }
}
