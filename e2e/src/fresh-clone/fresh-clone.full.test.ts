import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { watchPage } from '../harness/page-watch.ts'
import { REPOSITORY } from '../harness/repository.ts'
import { problemsOf, type RunningServer, readDemoFile, startServer } from '../harness/server-process.ts'

describe('npm start in a fresh clone', () => {
  let folder: string
  let repository: string
  let server: RunningServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graticule-clone-'))
    repository = join(folder, 'graticule')
    execFileSync('git', ['clone', '--quiet', REPOSITORY, repository])
    server = await startServer({
      home: join(folder, 'home'),
      repository,
      via: 'npm',
      readyWithinMs: 900_000,
    })
  }, 1_000_000)
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('installs, builds and fills everything by itself, and keeps its secrets to its user', async () => {
    expect(existsSync(join(repository, 'node_modules'))).toBe(true)
    expect(existsSync(join(repository, 'apps/web/dist/index.html'))).toBe(true)
    const demo = readDemoFile(server.home)
    expect(demo.baseUrl).toBe(server.baseUrl)
    expect((await stat(join(server.home, 'demo.json'))).mode & 0o777).toBe(0o600)
    expect(problemsOf(server)).toEqual([])
  })

  it('leaves the clone as it was checked out', () => {
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: repository, encoding: 'utf8' })).toBe('')
  })

  it('signs one in by the link that it printed', async () => {
    const link = /https?:\/\/\S+\/sign-in\?\S*link=\S+/.exec(server.output())?.[0]
    expect(link).toBeDefined()
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      const watch = watchPage(page, { origins: [server.baseUrl], expectedRefusals: [/^401 \/auth\/session$/] })
      await page.goto(String(link))
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      expect(watch.problems()).toEqual([])
    } finally {
      await browser.close()
    }
  })

  it('starts a second time with everything kept', async () => {
    const before = readDemoFile(server.home)
    await server.stop()
    server = await startServer({
      home: server.home,
      repository,
      via: 'npm',
      port: Number(new URL(server.baseUrl).port),
    })
    console.log(`second start ${(server.readyAfterMs / 1_000).toFixed(1)} s`)
    const after = readDemoFile(server.home)
    expect(after.apiToken).toBe(before.apiToken)
    const response = await fetch(`${server.baseUrl}/v3/maps/public/${after.publicMapId}`)
    expect(response.status).toBe(200)
  })
})
