import { startPostgres, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Warehouse } from '../provider.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 10_000 }
/** Of a person's own, so that the session is reset after it. */
const OWN = { text: 'SELECT pg_sleep(0.05)', values: [], origin: { text: 'SELECT pg_sleep(0.05)', spans: [] } }

let server: TestPostgres
let observer: pg.Client
let warehouse: Warehouse

beforeAll(async () => {
  server = await startPostgres({ authentication: 'scram' })
  observer = new pg.Client({ connectionString: server.connectionString })
  await observer.connect()
  const config = { host: server.host, port: server.port, database: 'postgres', user: server.user } as const
  warehouse = await postgresProvider.open({ config: { ...config, password: server.password }, maxConnections: 8 })
})
afterAll(async () => {
  await warehouse.close()
  await observer.end()
  await server.stop()
})

async function countSockets(): Promise<number> {
  const { rows } = await observer.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
  )
  return rows[0].n
}

test('whoever closes a socket and whoever takes one count the same ones, also while sockets are being reset', async () => {
  for (let round = 0; round < 20; round++) {
    await Promise.all([warehouse.run(OWN, RUN), warehouse.run(OWN, RUN), warehouse.run(OWN, RUN)])
    // Three are being reset now: two of them are taken again and one goes, whichever is ready first.
    await Promise.all([
      warehouse.run(OWN, RUN),
      warehouse.closeIdleSocket(),
      warehouse.run({ text: 'SELECT 1', values: [] }, RUN),
    ])
    expect(await countSockets()).toBe(2)
  }
})

test('a socket that was opened for one who left is closed like any other', async () => {
  while ((await countSockets()) > 0) await warehouse.closeIdleSocket()
  const controller = new AbortController()
  const left = warehouse.run({ text: 'SELECT 1', values: [] }, { ...RUN, signal: controller.signal })
  left.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await expect(left).rejects.toThrow()
  await warehouse.closeIdleSocket()
  expect(await countSockets()).toBe(0)
})

test('a session that ended under its statement is gone before anybody hears of it', async () => {
  const killed = warehouse.run({ text: 'SELECT pg_terminate_backend(pg_backend_pid())', values: [] }, RUN)
  await expect(killed).rejects.toMatchObject({ code: 'warehouse_unavailable' })
  expect(await countSockets()).toBe(0)
})
