import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { describeKeyRotation } from '../../testing/key-rotation-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { runCli } from '../../testing/run-cli.ts'
import {
  killStartedProcesses,
  type StartedProcess,
  startCliProcess,
  startServerProcess,
} from '../../testing/server-process.ts'
import { toJson } from '../db/database.ts'
import { createId } from '../db/ids.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

// Servers are started, and waited for until they have followed.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const OLD_KEY = '00112233445566778899aabbccddeeff'.repeat(2)
const NEW_KEY = 'cd'.repeat(32)

let stores: PostgresStores
beforeAll(async () => {
  // Every connection that is made under load keeps sockets to its warehouse for a while.
  stores = await startPostgresStores({ settings: { max_connections: '400' } })
})
afterAll(() => stores.stop())

describe('changing the master key of a store in PostgreSQL', () => {
  describeKeyRotation(() => createTestApp(() => stores.open()))
})

describe('changing the master key while two servers work', () => {
  /** More than are sealed anew before somebody can end the command. */
  const MANY = 3_000
  let testApp: TestApp
  let warehouse: TestWarehouse
  let folder: string
  let keyFile: string
  let editor: string
  const servers: (StartedProcess & { readonly url: string })[] = []

  beforeAll(async () => {
    testApp = await createTestApp(() => stores.open())
    warehouse = await createTestWarehouse(testApp)
    editor = await testApp.signIn('editor')
    folder = await mkdtemp(join(tmpdir(), 'graticule-rotation-'))
    keyFile = join(folder, 'key')
    await giveKeys(OLD_KEY)
    await addSealedConnections()
    servers.push(await startServer('first'), await startServer('second'))
  })
  afterAll(async () => {
    killStartedProcesses()
    await warehouse.close()
    await testApp.close()
    await rm(folder, { recursive: true })
  })

  const settings = () => ({ DATABASE_URL: testApp.storeUrl, GRATICULE_SECRET_KEY_FILE: keyFile })
  const runKeys = (verb: string) => runCli(['keys', verb], { ...settings(), GRATICULE_HOME: join(folder, 'cli') })

  /** As an orchestrator exchanges a mounted secret: in one step. */
  async function giveKeys(...keys: readonly string[]): Promise<void> {
    await writeFile(`${keyFile}.draft`, keys.map((key) => `${key}\n`).join(''), { mode: 0o400 })
    await rename(`${keyFile}.draft`, keyFile)
  }

  async function startServer(name: string) {
    const server = startServerProcess({
      ...settings(),
      GRATICULE_HOME: join(folder, name),
      OUTBOUND_LOOPBACK: 'on',
      LOG_LEVEL: 'debug',
    })
    const [, url = ''] = await server.waitFor(/ready at (http:\/\/127\.0\.0\.1:\d+)/)
    return { ...server, url }
  }

  /** Connections that lead nowhere, each with a secret. */
  async function addSealedConnections(): Promise<void> {
    const now = testApp.clock.now()
    const rows = Array.from({ length: MANY }, (_, index) => {
      const id = createId()
      return {
        id,
        organization_id: testApp.organizationId,
        name: `many-${index}`,
        provider_id: 'postgres',
        owner_id: testApp.users.admin.id,
        config: toJson({ host: 'nowhere.invalid' }),
        secrets: testApp.secretBox.seal(toJson({ password: 'x' }), SEALED_COLUMNS.connectionSecrets.in(id)),
        created_at: now,
        updated_at: now,
      }
    })
    for (let start = 0; start < MANY; start += 500) {
      await testApp.store
        .insertInto('connections')
        .values(rows.slice(start, start + 500))
        .execute()
    }
  }

  async function ask(url: string, path: string, options: { readonly method?: string; readonly body?: unknown } = {}) {
    const response = await fetch(`${url}${path}`, {
      method: options.method ?? 'GET',
      headers: {
        cookie: editor,
        'sec-fetch-site': 'same-origin',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
    return { status: response.status, text: await response.text() }
  }

  const count = (from: string, name: string) =>
    ask(from, `/v3/sql/${name}/query?q=${encodeURIComponent('SELECT 1 AS one')}`)

  /** Seals on one server and opens on the other until it is told to end; answers what went wrong, and how often all went well. */
  function workUntil(signal: AbortSignal, sealing: string, opening: string) {
    const work = async () => {
      const problems: string[] = []
      let rounds = 0
      while (!signal.aborted) {
        const name = `load-${createId()}`
        const body = { name, providerId: 'postgres', config: warehouse.config, privacy: 'private' }
        const created = await ask(sealing, '/v3/connections', { method: 'POST', body })
        const read = created.status === 201 ? await count(opening, name) : created
        if (read.status !== 200) problems.push(`${read.status} ${read.text}`)
        if (created.status === 201) await ask(opening, `/v3/connections/${name}`, { method: 'DELETE' })
        rounds += 1
      }
      return { problems, rounds }
    }
    return work()
  }

  async function countSealedWithOld(): Promise<number> {
    let sealed = 0
    for (const { column, table } of Object.values(SEALED_COLUMNS)) {
      const { rows } = await sql<{ values: string }>`
        SELECT count(*) AS values FROM ${sql.table(table)}
        WHERE ${sql.ref(column)} LIKE ${`v1.${testApp.secretBox.keyId}.%`}`.execute(testApp.store)
      sealed += Number(rows[0]?.values)
    }
    return sealed
  }

  test('a server without the new key keeps it from being changed, and is named', async () => {
    // The second gets its key from the environment, which it does not read again.
    const third = startServerProcess({
      DATABASE_URL: testApp.storeUrl,
      GRATICULE_SECRET_KEY: OLD_KEY,
      GRATICULE_HOME: join(folder, 'third'),
    })
    await third.waitFor(/ready at/)
    await giveKeys(NEW_KEY, OLD_KEY)
    const { code, complained } = await runKeys('rotate')
    expect(code).toBe(1)
    expect(complained).toMatch(/^Not every server has the key \w{12}: \w{16}; give it to them/)
    third.child.kill('SIGTERM')
    expect(await third.exited).toBe(0)
    const { key_id: keyId } = await testApp.store.selectFrom('store_key').selectAll().executeTakeFirstOrThrow()
    expect(keyId).toBe(testApp.secretBox.keyId)
  })

  test('no secret is lost, although the command is killed in the middle', async () => {
    const [first, second] = servers
    if (first === undefined || second === undefined) throw new Error('Two servers are needed.')
    const enough = new AbortController()
    onTestFinished(() => enough.abort())
    const working = [workUntil(enough.signal, first.url, second.url), workUntil(enough.signal, second.url, first.url)]
    const atFirst = await countSealedWithOld()
    expect(atFirst).toBeGreaterThan(MANY)

    const killed = startCliProcess(['keys', 'rotate'], { ...settings(), GRATICULE_HOME: join(folder, 'cli') })
    await vi.waitFor(async () => expect(await countSealedWithOld()).toBeLessThan(MANY - 50), {
      timeout: 120_000,
      interval: 20,
    })
    killed.child.kill('SIGKILL')
    await killed.exited
    const midway = await countSealedWithOld()
    expect(midway).toBeGreaterThan(0)
    for (const { url } of [first, second]) expect(await count(url, 'warehouse')).toMatchObject({ status: 200 })
    const status = await runKeys('status')
    expect(status).toMatchObject({ code: 0, complained: '' })
    expect(status.printed).toMatch(/connections\.secrets: \d+ with \w{12}, \d+ with \w{12}/)

    const rotated = await runKeys('rotate')
    expect(rotated).toMatchObject({ code: 0, complained: '' })
    expect(rotated.printed).toMatch(/^The change to the key \w{12} is complete: \d+ secrets were sealed anew\.$/m)
    enough.abort()
    for (const { problems, rounds } of await Promise.all(working)) {
      expect(problems).toEqual([])
      expect(rounds).toBeGreaterThan(0)
    }
    expect(await countSealedWithOld()).toBe(0)
    for (const { url } of [first, second]) expect(await count(url, 'warehouse')).toMatchObject({ status: 200 })
  })

  test('the old key is called unused once nothing from before can be on its way, and is not needed then', async () => {
    const early = await runKeys('retire')
    expect(early).toMatchObject({ code: 1, complained: expect.stringContaining('less than ten minutes ago') })
    await sql`UPDATE store_key SET changed_at = changed_at - interval '1 hour'`.execute(testApp.store)
    const { code, printed } = await runKeys('retire')
    expect(code).toBe(0)
    expect(printed).toContain(`Nothing needs the key ${testApp.secretBox.keyId} any more: remove it`)

    await giveKeys(NEW_KEY)
    for (const { child, exited } of servers) {
      child.kill('SIGTERM')
      expect(await exited).toBe(0)
    }
    const again = await startServer('first')
    expect(await count(again.url, 'warehouse')).toMatchObject({ status: 200 })

    const readStoreKey = () => testApp.store.selectFrom('store_key').selectAll().execute()
    const before = await readStoreKey()
    const wrong = startServerProcess({
      DATABASE_URL: testApp.storeUrl,
      GRATICULE_SECRET_KEY: OLD_KEY,
      GRATICULE_HOME: join(folder, 'second'),
    })
    expect(await wrong.exited).toBe(1)
    expect(wrong.output()).toMatch(/sealed with the key \w{12}, but this server has the key \w{12}\./)
    expect(wrong.output()).not.toMatch(/^\s+at /m)
    expect(await readStoreKey()).toEqual(before)
    again.child.kill('SIGTERM')
    expect(await again.exited).toBe(0)
    servers.push(again)
  })

  test('neither keys nor secrets are in what the servers printed', async () => {
    const printed = servers.map((server) => server.output()).join('')
    expect(printed).toContain('another master key seals from now on')
    for (const secret of [OLD_KEY, NEW_KEY, String(warehouse.config.password)]) expect(printed).not.toContain(secret)
    expect((await readFile(keyFile, 'utf8')).trim()).toBe(NEW_KEY)
  })
})
