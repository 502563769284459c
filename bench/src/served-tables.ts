import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoFile, type RunningServer, readDemoFile, startServer, WorkspaceClient } from '@graticule/e2e'
import { startPostgres } from '@graticule/testkit'
import { findProcess } from './process-usage.ts'
import { type BenchTable, createBenchTables } from './synthetic-tables.ts'
import type { ChosenTile } from './tile-choice.ts'

/** Our server with the bench tables behind one of its connections. */
export interface ServedTables {
  readonly connectionString: string
  readonly server: RunningServer
  readonly demo: DemoFile
  /** An API token that may read everything on the connection. */
  readonly token: string
  /** Asks for a source and answers how its tiles are addressed. */
  tileUrl(table: BenchTable): Promise<(tile: Pick<ChosenTile, 'z' | 'x' | 'y'>) => string>
  stop(): Promise<void>
}

const CONNECTION = 'bench-postgres'

/** Starts PostgreSQL, fills it, starts our server in demo mode and connects the two through the API. */
export async function serveBenchTables(): Promise<ServedTables> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-bench-'))
  const postgres = await startPostgres({ settings: { shared_buffers: '1GB', jit: 'off' } })
  await createBenchTables(postgres.connectionString)
  // What is measured is what `npm start` runs, with the flags that the launcher gives it.
  const launched = await startServer({ home, via: 'launcher', env: { LOG_LEVEL: 'info' }, readyWithinMs: 300_000 })
  const server = { ...launched, pid: findProcess(launched.pid, 'apps/server/src/main.ts') }
  const demo = readDemoFile(home)
  const admin = demo.users.find((user) => user.role === 'admin')
  if (!admin) throw new Error('demo.json names no admin')
  const client = await WorkspaceClient.signIn(server.baseUrl, admin.email, admin.password)
  const { host, port, database, user, password } = postgres
  await client.call('POST', '/v3/connections', {
    name: CONNECTION,
    providerId: 'postgres',
    privacy: 'shared',
    config: { host, port, database, user, password },
  })
  const { token } = await client.call<{ token: string }>('POST', '/v3/tokens', {
    name: 'bench',
    grants: [{ connection_name: CONNECTION, source: '*' }],
    allowed_apis: ['sql', 'maps'],
  })
  return {
    connectionString: postgres.connectionString,
    server,
    demo,
    token,
    tileUrl: async ({ table, columns }) => {
      const parameters = new URLSearchParams({
        name: table,
        columns: columns.join(','),
        spatialDataColumn: 'geom',
        spatialDataType: 'geo',
        tileResolution: '4',
      })
      const headers = { Authorization: `Bearer ${token}` }
      const read = async (url: string) => (await (await fetch(url, { headers })).json()) as Record<string, unknown>
      const source = await read(`${server.baseUrl}/v3/maps/${CONNECTION}/table?${parameters}`)
      const tilejson = await read((source.tilejson as { url: string[] }).url[0] as string)
      const [template = ''] = tilejson.tiles as string[]
      return ({ z, x, y }) =>
        template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y))
    },
    stop: async () => {
      await server.stop()
      await postgres.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
