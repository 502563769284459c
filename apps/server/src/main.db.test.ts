import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from './platform/db/database.ts'
import { killStartedProcesses, type StartedProcess, startServerProcess } from './testing/server-process.ts'

// A start loads the whole server, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let postgres: TestPostgres
let home: string

beforeAll(async () => {
  postgres = await startPostgres()
  home = await mkdtemp(join(tmpdir(), 'graticule-main-'))
})
afterAll(async () => {
  killStartedProcesses()
  await postgres.stop()
  await rm(home, { recursive: true, force: true })
})

function start(environment: Record<string, string>): StartedProcess {
  return startServerProcess({ GRATICULE_HOME: home, ...environment })
}

async function startOnDatabase(): Promise<StartedProcess & { readonly url: string; readonly databaseUrl: string }> {
  const database = await createDatabase(postgres, { postgis: false })
  const started = start({ DATABASE_URL: database.connectionString })
  const [, url = ''] = await started.waitFor(/ready at (http:\/\/127\.0\.0\.1:\d+)/)
  return { ...started, url, databaseUrl: database.connectionString }
}

test('a stop lets a request that is under way finish, refuses new ones, and leaves a record', async () => {
  const server = await startOnDatabase()
  const { port } = new URL(server.url)
  const body = JSON.stringify({ email: 'nobody@example.org', password: 'x' })
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.write(
    `POST /auth/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  socket.write(body.slice(0, 10))
  // A second request tells us that the first has been taken up.
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
  server.child.kill('SIGTERM')
  await server.waitFor(/Stopping/)
  await expect
    .poll(
      () =>
        fetch(`${server.url}/health/live`).then(
          () => 'open',
          () => 'closed',
        ),
      { timeout: 5_000 },
    )
    .toBe('closed')
  socket.write(body.slice(10))
  expect(await server.exited).toBe(0)
  expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  expect(answer).toContain('The e-mail or the password is wrong.')

  const store = openDatabase(server.databaseUrl)
  const events = await store.selectFrom('activity').select('type').orderBy('position').execute()
  expect(events.map((event) => event.type)).toEqual(['server.started', 'session.refused', 'server.stopped'])
  await store.destroy()
})

test('a second start on the same home is refused while the first runs, with its process named', async () => {
  const first = await startOnDatabase()
  const second = start({ DATABASE_URL: first.databaseUrl })
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain(`process ${first.child.pid}`)
  expect((await fetch(`${first.url}/health/ready`)).status).toBe(200)
  first.child.kill('SIGINT')
  expect(await first.exited).toBe(0)
})

test('a port in use, a wrong environment and a store that does not log in each end in a sentence, not in a stack', async () => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const address = blocker.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  const database = await createDatabase(postgres, { postgis: false })
  const inUse = start({ DATABASE_URL: database.connectionString, PORT: port })
  expect(await inUse.exited).toBe(1)
  expect(inUse.output()).toContain(`Port ${port} is in use by another program.`)
  blocker.close()

  const wrong = start({ PORT: 'eighty', LOG_LEVEL: 'loud' })
  expect(await wrong.exited).toBe(1)
  expect(wrong.output().trim().split('\n')).toEqual([
    expect.stringMatching(/^PORT must be/),
    expect.stringMatching(/^LOG_LEVEL must be/),
  ])

  const missing = new URL(database.connectionString)
  missing.pathname = '/no_such_database'
  const refused = start({ DATABASE_URL: missing.href })
  expect(await refused.exited).toBe(1)
  expect(refused.output()).toMatch(/The metadata store refused.*no_such_database/)
  for (const output of [inUse.output(), wrong.output(), refused.output()]) expect(output).not.toMatch(/^\s+at /m)
})

test('a second server on the same store needs the same key, and is told so in a sentence', async () => {
  const first = await startOnDatabase()
  const otherHome = await mkdtemp(join(tmpdir(), 'graticule-main-other-'))
  const onOtherHome = { DATABASE_URL: first.databaseUrl, GRATICULE_HOME: otherHome }
  const stranger = start(onOtherHome)
  expect(await stranger.exited).toBe(1)
  expect(stranger.output()).toMatch(/sealed with the key \w{12}, but this server has no key\./)
  expect(stranger.output()).toContain('set GRATICULE_SECRET_KEY to')
  expect(stranger.output()).not.toMatch(/^\s+at /m)
  // No key of its own is left behind, which would be a wrong one for ever.
  expect(await readdir(otherHome)).not.toContain('secret.key')

  const wrong = start({ ...onOtherHome, GRATICULE_SECRET_KEY: 'ab'.repeat(32) })
  expect(await wrong.exited).toBe(1)
  expect(wrong.output()).toMatch(/sealed with the key \w{12}, but this server has the key \w{12}\./)
  expect(wrong.output()).not.toMatch(/^\s+at /m)

  const key = (await readFile(join(home, 'secret.key'), 'utf8')).trim()
  const second = start({ ...onOtherHome, GRATICULE_SECRET_KEY: key })
  await second.waitFor(/ready at/)
  expect((await fetch(`${first.url}/health/ready`)).status).toBe(200)
  for (const { child, exited } of [second, first]) {
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  }
  await rm(otherHome, { recursive: true })
})

test('a server that was killed starts again, and its log tells of the gap', async () => {
  const first = await startOnDatabase()
  first.child.kill('SIGKILL')
  await first.exited
  const second = start({ DATABASE_URL: first.databaseUrl })
  await second.waitFor(/ready at/)
  second.child.kill('SIGTERM')
  expect(await second.exited).toBe(0)
  const store = openDatabase(first.databaseUrl)
  const events = await store.selectFrom('activity').select('type').orderBy('position').execute()
  expect(events.map((event) => event.type)).toEqual([
    'server.started',
    'activity.gap',
    'server.started',
    'server.stopped',
  ])
  await store.destroy()
})
