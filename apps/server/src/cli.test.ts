import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Store } from './platform/db/database.ts'
import { migrateDatabase } from './platform/db/migrate.ts'
import { engineUrl, startEngine } from './platform/engine/engine.ts'
import { lockHome } from './platform/engine/home-lock.ts'
import { runCli } from './testing/run-cli.ts'

let home: string
const grant = (email: string, folder = home) => runCli(['superadmin', 'grant', email], { GRATICULE_HOME: folder })

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-cli-'))
  await withStore(async (store) => {
    await migrateDatabase(store)
    const at = new Date()
    await store
      .insertInto('organizations')
      .values({ id: 'ac_one', name: 'One', is_demo: false, created_at: at })
      .execute()
    await store
      .insertInto('users')
      .values({
        id: 'ann',
        organization_id: 'ac_one',
        email: 'ann@example.org',
        name: 'Ann',
        role: 'viewer',
        created_at: at,
      })
      .execute()
  })
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function withStore<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const engine = await startEngine({ kind: 'metadata', dataDir: join(home, 'metadata'), socketDir: join(home, 'run') })
  const store = openDatabase(engineUrl(engine.connection))
  try {
    return await work(store)
  } finally {
    await store.destroy()
    await engine.stop()
  }
}

const readRole = () =>
  withStore((store) => store.selectFrom('users').select('role').where('id', '=', 'ann').executeTakeFirst())

test('while a server runs on the embedded store nothing is touched, and a sentence names its process', async () => {
  const lock = lockHome(home)
  const refused = await grant('ann@example.org')
  lock.release()
  expect(refused).toMatchObject({ code: 1, printed: '' })
  expect(refused.complained).toMatch(new RegExp(`^Another Graticule server \\(process ${process.pid}\\) .*\\n$`))
  expect(await readRole()).toEqual({ role: 'viewer' })
})

test('with the server stopped, the embedded store has a new superadmin, and its home is free again', async () => {
  const granted = await grant('ann@example.org')
  expect(granted).toEqual({ code: 0, printed: 'ann@example.org is now a superadmin of "One".\n', complained: '' })
  expect(await readRole()).toEqual({ role: 'superadmin' })
  lockHome(home).release()
})

test('a home without a store is left as it is', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'graticule-cli-'))
  const refused = await grant('ann@example.org', empty)
  expect(refused).toMatchObject({ code: 1, complained: expect.stringContaining('Start the server once first.') })
  await rm(empty, { recursive: true })
})

test('what is no command is answered with how to write one', async () => {
  const outcome = await runCli(['superadmin', 'revoke', 'ann@example.org'], { GRATICULE_HOME: home })
  expect(outcome).toMatchObject({ code: 1, printed: '' })
  expect(outcome.complained).toContain('npm run cli -- superadmin grant <email>\n')
  expect(outcome.complained).toContain('npm run cli -- organization create <name> [--admin-email <email>]\n')
})
