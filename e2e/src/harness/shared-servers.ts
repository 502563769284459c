import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MapDetail } from '@graticule/contract'
import { startPostgres } from '@graticule/testkit'
import type { TestProject } from 'vitest/node'
import { type ClientTarget, samplesByGeometry } from './client-target.ts'
import { sampleMapDocument } from './sample-map.ts'
import { createSampleTables, SAMPLE_TABLES, SAMPLE_VIEW } from './sample-tables.ts'
import { problemsOf, readDemoFile, startServer } from './server-process.ts'
import { WorkspaceClient } from './workspace-client.ts'

const POSTGRES_CONNECTION = 'real-postgres'

/**
 * What tests provoke on purpose and a healthy server may log as its own trouble: a warehouse that dies or that
 * cannot be reached is somebody's outage.
 */
const EXPECTED_PROBLEMS = [/warehouse_(unavailable|failed|timeout)/]

/** Starts the launcher once with demo data, and a PostgreSQL that is connected to it through the API. */
export default async function startSharedServers(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-e2e-'))
  const postgres = await startPostgres()
  const server = await startServer({ home, via: 'launcher', readyWithinMs: 300_000 }).catch(async (error) => {
    await postgres.stop()
    throw error
  })
  const tearDown = async (): Promise<void> => {
    const code = await server.stop().finally(() => postgres.stop())
    const problems = problemsOf(server, EXPECTED_PROBLEMS)
    await rm(home, { recursive: true, force: true })
    if (code !== 0) throw new Error(`The server ended with ${code} after SIGTERM.\n${server.output()}`)
    if (problems.length > 0) throw new Error(`The server's log is not clean:\n${problems.join('\n')}`)
  }
  try {
    await createSampleTables(postgres.connectionString)
    const demo = readDemoFile(home)
    const admin = demo.users.find((user) => user.role === 'admin')
    if (!admin) throw new Error('demo.json names no admin')
    const client = await WorkspaceClient.signIn(server.baseUrl, admin.email, admin.password)
    await client.call('POST', '/v3/connections', {
      name: POSTGRES_CONNECTION,
      providerId: 'postgres',
      privacy: 'shared',
      config: {
        host: postgres.host,
        port: postgres.port,
        database: postgres.database,
        user: postgres.user,
        password: postgres.password,
      },
    })
    const oneTimeLink = /https?:\/\/\S+\/sign-in\?\S*link=\S+/.exec(server.output())?.[0]
    if (!oneTimeLink) throw new Error(`The launcher printed no one-time link.\n${server.output()}`)
    const demoSamples = samplesByGeometry(demo.samples)
    const targets = [
      await makeTarget(client, 'the demo warehouse', demo.connection, demoSamples, demo.view),
      await makeTarget(client, 'its alias carto_dw', 'carto_dw', demoSamples, demo.view, demo.connection),
      await makeTarget(client, 'PostgreSQL', POSTGRES_CONNECTION, samplesByGeometry(SAMPLE_TABLES), SAMPLE_VIEW),
    ]
    project.provide('servers', {
      baseUrl: server.baseUrl,
      home,
      pid: server.pid,
      oneTimeLink,
      readyAfterMs: server.readyAfterMs,
      users: demo.users,
      demoMapId: demo.publicMapId,
      // The demo's own token is what published samples are given, so it is what the demo targets use.
      targets: targets.map((target, index) => (index < 2 ? { ...target, accessToken: demo.apiToken } : target)),
      postgres: {
        connectionString: postgres.connectionString,
        connectionName: POSTGRES_CONNECTION,
        host: postgres.host,
        port: postgres.port,
      },
    })
  } catch (error) {
    await tearDown().catch(() => undefined)
    throw new Error(`The shared servers could not be prepared.\n${server.output()}`, { cause: error })
  }
  return tearDown
}

/** A connection as the clients are pointed at it: with a token, a public map and a private one. */
export async function makeTarget(
  client: WorkspaceClient,
  label: string,
  connectionName: string,
  samples: ClientTarget['samples'],
  view: ClientTarget['view'],
  mapConnectionName = connectionName,
): Promise<ClientTarget> {
  const { token } = await client.call<{ token: string }>('POST', '/v3/tokens', {
    name: `e2e on ${label}`,
    grants: [{ connection_name: mapConnectionName, source: '*' }],
    allowed_apis: ['sql', 'maps'],
  })
  const createMap = (title: string): Promise<MapDetail> =>
    client.call('POST', '/workspace-api/maps', {
      document: sampleMapDocument(title, { connectionName: mapConnectionName, samples, view }),
    })
  const publicMap = await createMap(`Public map on ${label}`)
  await client.call('POST', `/workspace-api/maps/${publicMap.id}/privacy`, { privacy: 'public' })
  const privateMap = await createMap(`Private map on ${label}`)
  return {
    label,
    apiBaseUrl: client.baseUrl,
    accessToken: token,
    connectionName,
    samples,
    view,
    publicMapId: publicMap.id,
    privateMapId: privateMap.id,
  }
}
