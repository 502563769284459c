import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MapDetail, MapList } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { descendantsOf, isRunning } from '../harness/descendants.ts'
import { SERVER_MAIN } from '../harness/repository.ts'
import { problemsOf, type RunningServer, readDemoFile, startServer } from '../harness/server-process.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'

/** Moments of a start at which it is killed, as shares of the time that a whole one takes. */
const KILL_MOMENTS = [0.15, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graticule-restarts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts a server without waiting for it. */
function spawnServer(home: string, env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [SERVER_MAIN], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', PORT: '0', GRATICULE_HOME: home, ...env },
    stdio: 'ignore',
  })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function signInAs(server: RunningServer, role: string): Promise<WorkspaceClient> {
  const { email = '', password = '' } = readDemoFile(server.home).users.find((user) => user.role === role) ?? {}
  return WorkspaceClient.signIn(server.baseUrl, email, password)
}

async function countRows(server: RunningServer, table: string): Promise<number> {
  const { connection, apiToken } = readDemoFile(server.home)
  const query = encodeURIComponent(`SELECT count(*) AS n FROM ${table}`)
  const response = await fetch(`${server.baseUrl}/v3/sql/${connection}/query?q=${query}`, {
    headers: { Authorization: `Bearer ${apiToken}` },
  })
  return Number(((await response.json()) as { rows: { n: number }[] }).rows[0]?.n)
}

describe('kill -9 at any moment of a first start', () => {
  let wholeStartMs: number

  beforeAll(async () => {
    const server = await startServer({ home: join(folder, 'whole'), via: 'main', readyWithinMs: 300_000 })
    wholeStartMs = server.readyAfterMs
    await server.stop()
    const again = await startServer({ home: join(folder, 'whole'), via: 'main' })
    console.log(
      `first start ${(wholeStartMs / 1_000).toFixed(1)} s, second ${(again.readyAfterMs / 1_000).toFixed(1)} s`,
    )
    await again.stop()
  }, 400_000)

  it.each(KILL_MOMENTS)(
    'at %d of it is repaired by the next start, with everything there once',
    async (moment) => {
      const home = join(folder, `first-${moment}`)
      const child = spawnServer(home)
      await sleep(moment * wholeStartMs)
      await kill(child)
      const server = await startServer({ home, via: 'main', readyWithinMs: 300_000 })
      try {
        expect(await countRows(server, 'demo.cities')).toBe(135_233)
        expect(await countRows(server, 'demo.counties')).toBe(3_219)
        const editor = await signInAs(server, 'editor')
        const { maps } = await editor.call<MapList>('GET', '/workspace-api/maps')
        expect(maps.map((map) => map.privacy).sort()).toEqual(['public', 'shared'])
        for (const role of ['superadmin', 'admin', 'viewer', 'guest']) await signInAs(server, role)
        expect(problemsOf(server)).toEqual([])
      } finally {
        await server.stop()
        await rm(home, { recursive: true, force: true })
      }
    },
    600_000,
  )
})

describe('kill -9 of a server that people work with', () => {
  it('loses nothing that was answered, time after time', async () => {
    const home = join(folder, 'worked-with')
    const saved: string[] = []
    for (let round = 0; round < 4; round++) {
      const server = await startServer({ home, via: 'main', readyWithinMs: 300_000 })
      const editor = await signInAs(server, 'editor')
      const { maps } = await editor.call<MapList>('GET', '/workspace-api/maps?pageSize=100')
      expect(maps.map((map) => map.id)).toEqual(expect.arrayContaining(saved))
      const killed = sleep(300 + round * 170).then(() => server.kill())
      try {
        for (;;) {
          const title = `Map ${saved.length} of round ${round}`
          saved.push((await editor.call<MapDetail>('POST', '/workspace-api/maps', { title })).id)
          if (saved.length >= (round + 1) * 20) break
        }
      } catch {
        // The server went away in the middle of a request; what it did not answer may be lost.
      }
      await killed
    }
    expect(saved.length).toBeGreaterThan(4)
  }, 900_000)
})

describe('the launcher', () => {
  it('takes its server along when it is killed, and the home can be used again', async () => {
    const home = join(folder, 'launched')
    const first = await startServer({ home, via: 'launcher', readyWithinMs: 600_000 })
    await first.kill()
    const second = await startServer({ home, via: 'launcher', readyWithinMs: 300_000 })
    // The server, and an engine each for its metadata and the demo's warehouse.
    const started = descendantsOf(second.pid)
    expect(started.length).toBeGreaterThanOrEqual(3)
    expect(await second.stop()).toBe(0)
    expect(started.filter(isRunning)).toEqual([])
  }, 900_000)
})

describe('without demo data', () => {
  it('the first visitor sets up an organization through the printed link, which works once', async () => {
    const home = join(folder, 'own')
    const env = { GRATICULE_DEMO: 'off' }
    const server = await startServer({ home, via: 'main', env, readyWithinMs: 300_000 })
    try {
      await expect.poll(() => server.output(), { timeout: 10_000 }).toMatch(/\/setup\?token=/)
      const token = /\/setup\?token=(\S+)/.exec(server.output())?.[1]
      expect(existsSync(join(home, 'demo.json'))).toBe(false)
      expect(existsSync(join(home, 'warehouse'))).toBe(false)
      const body = {
        token,
        organizationName: 'Cartographers',
        name: 'Ada',
        email: 'ada@cartographers.example',
        password: 'a password of many words',
      }
      const setUp = () =>
        fetch(`${server.baseUrl}/auth/setup`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Origin: server.baseUrl },
          body: JSON.stringify(body),
        })
      const first = await setUp()
      expect(first.status).toBe(200)
      expect(await first.json()).toMatchObject({ demo: false, user: { role: 'superadmin' } })
      expect((await setUp()).ok).toBe(false)
    } finally {
      await server.stop()
    }
    // Starting it in demo mode later puts no strangers into somebody's own organization.
    const later = await startServer({ home, via: 'main', readyWithinMs: 300_000 })
    try {
      expect(existsSync(join(home, 'demo.json'))).toBe(false)
      expect(later.output()).not.toMatch(/\/(?:setup|sign-in)\?/)
      const ada = await WorkspaceClient.signIn(later.baseUrl, 'ada@cartographers.example', 'a password of many words')
      expect(await ada.call<MapList>('GET', '/workspace-api/maps')).toMatchObject({ total: 0 })
    } finally {
      await later.stop()
    }
  }, 600_000)
})
