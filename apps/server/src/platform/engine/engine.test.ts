import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, type EngineConnection, type EngineEvent, startEngine } from './engine.ts'
import { isSameProcessAlive, type ProcessIdentity, readProcessIdentity } from './process-identity.ts'

const ENGINE_OWNER = fileURLToPath(new URL('./testing/engine-owner.ts', import.meta.url))
const LONG_STATEMENT = 'SELECT count(*) FROM generate_series(1, 2000000000)'

/** A part that has collapsed into a point makes the repair throw inside the engine's geometry code. */
const COLLAPSED = 'MULTIPOLYGON(((50 50, 50 50, 50 50, 50 50)), ((0 0, 10 0, 10 10, 0 0)))'

const folder = mkdtempSync(join(tmpdir(), 'graticule-engine-test-'))
const clients: pg.Client[] = []
const events: EngineEvent[] = []
let engine: Engine

async function connect(connection: EngineConnection): Promise<pg.Client> {
  const client = new pg.Client({ ...connection })
  // A killed engine breaks the socket; the tests look at the rejected query instead.
  client.on('error', () => {})
  clients.push(client)
  await client.connect()
  return client
}

async function query(connection: EngineConnection, text: string, values: unknown[] = []) {
  const client = await connect(connection)
  return (await client.query<Record<string, unknown>>(text, values)).rows
}

/** What became of a promise, without throwing. */
async function outcomeOf(promise: Promise<unknown>): Promise<'fulfilled' | 'rejected'> {
  const [result] = await Promise.allSettled([promise])
  return result.status
}

beforeAll(async () => {
  engine = await startEngine({
    kind: 'metadata',
    dataDir: join(folder, 'metadata'),
    socketDir: join(folder, 'run'),
    onEvent: (event) => events.push(event),
  })
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})))
})

afterAll(async () => {
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('an embedded engine', () => {
  test('serves ordinary pg clients', async () => {
    expect(await query(engine.connection, 'SELECT 1 + $1::int AS sum', [2])).toEqual([{ sum: 3 }])
  })

  test('keeps the messages of each client together when many talk at once, large and small', async () => {
    const talkers = await Promise.all(Array.from({ length: 6 }, () => connect(engine.connection)))
    const outcomes = await Promise.all(
      talkers.map(async (client, index) => {
        for (let round = 0; round < 30; round++) {
          // A long value arrives in many pieces, and each piece is a chance for others to come in between.
          const sent = `${index}:${round}`.repeat(index % 2 === 0 ? 1 : 60_000)
          const result = await client.query(`SELECT $1::text AS answer_of_${index}`, [sent])
          if (result.rows[0]?.[`answer_of_${index}`] !== sent) return 'the answer of another client'
        }
        return 'its own answers'
      }),
    )
    expect(outcomes).toEqual(talkers.map(() => 'its own answers'))
  })

  test('tells a client of its SQL error and goes on serving it and the others', async () => {
    const [failing, other] = [await connect(engine.connection), await connect(engine.connection)]
    const outcomes = await Promise.allSettled([
      failing.query('SELECT 1 / $1::int', [0]),
      other.query('SELECT $1::int AS n', [1]),
    ])
    expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
    expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: 1 }] } })
    expect((await failing.query('SELECT 2 AS n')).rows).toEqual([{ n: 2 }])
  })

  test('rolls back the open transaction of a client that goes away, while others wait for their turn', async () => {
    await query(engine.connection, 'CREATE TABLE unfinished (id int)')
    const [leaving, staying] = [await connect(engine.connection), await connect(engine.connection)]
    await leaving.query('BEGIN')
    await leaving.query('INSERT INTO unfinished VALUES (1)')
    const count = staying.query('SELECT count(*)::int AS n FROM unfinished')
    await leaving.end()
    expect((await count).rows).toEqual([{ n: 0 }])
  })

  test('comes back by itself with every committed row when its process is killed', async () => {
    await query(engine.connection, 'CREATE TABLE committed (id int)')
    const writer = await connect(engine.connection)
    for (let id = 0; id < 50; id++) await writer.query('INSERT INTO committed VALUES ($1)', [id])
    const killedPid = Number(engine.pid)
    process.kill(killedPid, 'SIGKILL')
    await expect.poll(() => engine.pid, { timeout: 20_000 }).not.toBe(killedPid)
    await engine.whenReady()
    expect(await query(engine.connection, 'SELECT count(*)::int AS n FROM committed')).toEqual([{ n: 50 }])
    expect(events.map((event) => event.type)).toEqual(['exited', 'reopened'])
  })

  test('is interrupted in the middle of a long statement, and serves others again afterwards', async () => {
    await query(engine.connection, 'CREATE TABLE before_interrupt AS SELECT 7 AS n')
    const stuck = outcomeOf((await connect(engine.connection)).query(LONG_STATEMENT))
    await sleep(300)
    await Promise.all([engine.interrupt(), engine.interrupt()])
    expect(await stuck).toBe('rejected')
    expect(await query(engine.connection, 'SELECT n FROM before_interrupt')).toEqual([{ n: 7 }])
  })

  test('keeps its socket short when the wanted folder lies too deep', async () => {
    const deep = join(folder, 'd'.repeat(120))
    const other = await startEngine({ kind: 'metadata', dataDir: join(folder, 'other'), socketDir: deep })
    try {
      expect(await query(other.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
      expect(other.connection.host.length).toBeLessThan(100)
    } finally {
      await other.stop()
    }
    expect(existsSync(other.connection.host)).toBe(false)
  })

  test('makes a data directory anew whose making was interrupted', async () => {
    const dataDir = join(folder, 'half-made')
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n')
    const other = await startEngine({ kind: 'metadata', dataDir, socketDir: join(folder, 'run-half-made') })
    try {
      expect(await query(other.connection, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    } finally {
      await other.stop()
    }
  })

  test('says what is wrong when the data cannot be opened, and leaves no process behind', async () => {
    const dataDir = join(folder, 'damaged')
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n')
    writeFileSync(join(dataDir, 'graticule-complete'), '')
    const starting = startEngine({ kind: 'metadata', dataDir, socketDir: join(folder, 'run-damaged') })
    await expect(starting).rejects.toThrow(/metadata engine could not be opened/)
  })
})

test('rows survive the kill of the whole server, and its orphaned engine is ended before the folder is opened again', async () => {
  const home = join(folder, 'home')
  const owner = fork(ENGINE_OWNER, [home], { execArgv: [] })
  const [message] = (await once(owner, 'message')) as [{ enginePid: number }]
  await sleep(300)
  const orphan = readProcessIdentity(message.enginePid) as ProcessIdentity
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  expect(isSameProcessAlive(orphan)).toBe(true)
  const successor = await startEngine({
    kind: 'metadata',
    dataDir: join(home, 'metadata'),
    socketDir: join(home, 'run'),
  })
  try {
    expect(isSameProcessAlive(orphan)).toBe(false)
    expect(await query(successor.connection, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 10 }])
  } finally {
    await successor.stop()
  }
})

test('an engine for a warehouse has PostGIS, and tells an answer that it cut short from a whole one', async () => {
  const warehouse = await startEngine({
    kind: 'warehouse',
    dataDir: join(folder, 'warehouse'),
    socketDir: join(folder, 'run'),
  })
  try {
    const rows = await query(warehouse.connection, 'SELECT ST_AsText(ST_Point($1, 2)) AS point', [1])
    expect(rows).toEqual([{ point: 'POINT(1 2)' }])

    // An exception inside this build's geometry code leaves the whole statement as if the rows had come to an end.
    const statement = `SELECT n, ST_MakeValid(ST_GeomFromText(CASE n WHEN 5 THEN $1 ELSE 'POINT(1 1)' END))
                       FROM generate_series(1, 10) AS n`
    await expect(query(warehouse.connection, statement, [COLLAPSED])).rejects.toThrow(/incomplete/)
  } finally {
    await warehouse.stop()
  }
  // In a fresh clone it makes the database that later ones are copied from, which takes a busy machine a minute.
}, 180_000)
