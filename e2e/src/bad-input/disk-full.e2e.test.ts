import { statfsSync, statSync } from 'node:fs'
import { open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { MapDetail, MapList } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPOSITORY } from '../harness/repository.ts'
import { type RunningServer, startAndExpectExit, startServer } from '../harness/server-process.ts'
import { openSmallDisk, type SmallDisk } from '../harness/small-disk.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'

const OWNER = { email: 'owner@example.org', password: 'a long enough password' }
const ENV = { GRATICULE_DEMO: 'off' }
/** Room for an empty metadata store and a little more. */
const DISK_MB = 120

let disk: SmallDisk
let home: string
let ballast: string

beforeAll(async () => {
  disk = await openSmallDisk(DISK_MB)
  home = disk.path
  ballast = join(home, 'ballast')
})
afterAll(() => disk?.remove())

/** Takes every block that is left. */
async function fillDisk(): Promise<void> {
  const file = await open(ballast, 'a')
  try {
    for (const size of [1 << 20, 4096]) {
      try {
        for (;;) await file.appendFile(Buffer.alloc(size))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' })
      }
    }
  } finally {
    await file.close()
  }
  expect(statfsSync(home).bavail).toBe(0)
}

describe('the embedded metadata store on a disk that fills up', () => {
  let server: RunningServer | undefined
  let owner: WorkspaceClient
  const kept: string[] = []

  afterAll(() => server?.stop())

  /** Writes until one is refused: what fits into the blocks at hand may still be written. */
  async function writeUntilRefused(): Promise<{
    readonly status: number
    readonly body: { code: string; error: string }
  }> {
    const description = 'x'.repeat(2_000)
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const response = await owner.send('POST', '/workspace-api/maps', { title: `Map ${attempt}`, description })
      const body = (await response.json()) as MapDetail & { code: string; error: string }
      if (!response.ok) return { status: response.status, body }
      kept.push(body.id)
    }
    throw new Error('The disk never filled up.')
  }

  it('answers 507 with a sentence and goes on', async () => {
    server = await startServer({ home, via: 'main', env: ENV })
    await expect.poll(() => server?.output()).toMatch(/gtu_[\w-]+/)
    const [token] = /gtu_[\w-]+/.exec(server.output()) ?? []
    const setup = await fetch(`${server.baseUrl}/auth/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: server.baseUrl },
      body: JSON.stringify({ token, organizationName: 'Small Disk', name: 'Owner', ...OWNER }),
    })
    expect(setup.status, await setup.text()).toBeLessThan(300)
    owner = await WorkspaceClient.signIn(server.baseUrl, OWNER.email, OWNER.password)
    kept.push((await owner.call<MapDetail>('POST', '/workspace-api/maps', { title: 'Before the disk was full' })).id)
    await fillDisk()
    const refused = await writeUntilRefused()
    expect(refused).toMatchObject({
      status: 507,
      body: { code: 'insufficient_storage', error: expect.stringMatching(/\.$/) },
    })
    const again = await owner.send('POST', '/workspace-api/maps', { title: 'Still full' })
    expect(again.status).toBe(507)
    expect((await fetch(`${server.baseUrl}/health/live`)).status).toBe(200)
    expect(await listIds()).toEqual([...kept].sort())
  })

  it('has lost nothing and takes writes when there is room again, and after a restart too', async () => {
    await rm(ballast)
    const { id } = await owner.call<MapDetail>('POST', '/workspace-api/maps', { title: 'After there was room' })
    kept.push(id)
    expect(await listIds()).toEqual([...kept].sort())
    expect(await server?.stop()).toBe(0)
    server = await startServer({ home, via: 'main', env: ENV })
    owner = await WorkspaceClient.signIn(server.baseUrl, OWNER.email, OWNER.password)
    expect(await listIds()).toEqual([...kept].sort())
    expect(await server.stop()).toBe(0)
    server = undefined
  })

  async function listIds(): Promise<string[]> {
    const { maps } = await owner.call<MapList>('GET', '/workspace-api/maps?limit=100')
    return maps.map((map) => map.id).sort()
  }
})

describe('a start on a full disk', () => {
  // Without the shared templates the engine makes its database itself, as it does for people.
  it.each([
    ['an empty home, with nothing free', 'empty', 0],
    ['an empty home, with room for the key but not for the store', 'half-empty', 2 << 20],
    ['the home of a store, with nothing free', '.', 0],
  ])('of %s ends with one sentence', async (_, folder, freeBytes) => {
    await fillDisk()
    await truncate(ballast, statSync(ballast).size - freeBytes)
    const own = { home: join(home, folder), via: 'main', repository: REPOSITORY, env: ENV } as const
    const { code, output } = await startAndExpectExit(own)
    expect(code, output).toBe(1)
    const lines = output.trim().split('\n')
    const said = lines.filter((line) => !/^\[[\d.]+ s\] Opening/.test(line))
    expect(said).toEqual([expect.stringMatching(/^No disk space is left for GRATICULE_HOME .*\.$/)])
    expect(lines.length).toBe(freeBytes === 0 ? 1 : 2)
  })
})
