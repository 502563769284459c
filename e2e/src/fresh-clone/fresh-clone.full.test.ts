import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyTiles, openPage, settled, type WatchedPage } from '../browser/signed-in-page.ts'
import { launchChromium } from '../harness/chromium.ts'
import { type Picture, photograph } from '../harness/pixels.ts'
import { artifactPath, REPOSITORY } from '../harness/repository.ts'
import { type DemoFile, problemsOf, type RunningServer, readDemoFile, startServer } from '../harness/server-process.ts'

const DEMO_MAPS = ['A week of earthquakes and the cities of the world', 'Unemployment in the United States']
const OWN_MAP = 'Made before the second start'

describe('npm start in a fresh clone', () => {
  let folder: string
  let repository: string
  let server: RunningServer
  let demo: DemoFile
  let browser: Browser
  let opened: WatchedPage
  let page: Page
  /** What the canvas of each demo map showed on the first start. */
  const drawnMaps = new Map<string, Picture>()

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
    demo = readDemoFile(server.home)
    browser = await launchChromium()
    opened = await openPage(browser, server.baseUrl)
    page = opened.page
  }, 1_000_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('installs, builds and fills everything by itself, and keeps its secrets to its user', async () => {
    expect(existsSync(join(repository, 'node_modules'))).toBe(true)
    expect(existsSync(join(repository, 'apps/web/dist/index.html'))).toBe(true)
    expect(demo.baseUrl).toBe(server.baseUrl)
    expect((await stat(join(server.home, 'demo.json'))).mode & 0o777).toBe(0o600)
    expect(problemsOf(server)).toEqual([])
  })

  it('leaves the clone as it was checked out', () => {
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: repository, encoding: 'utf8' })).toBe('')
  })

  it('signs one in by the link that it printed, into a workspace that says it is a demo', async () => {
    const link = /https?:\/\/\S+\/sign-in\?\S*link=\S+/.exec(server.output())?.[0]
    expect(link).toBeDefined()
    await page.goto(String(link))
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByText(/^Demo: this workspace/).waitFor()
    await settled(page)
    await look('01-home')
  })

  it('has two maps ready', async () => {
    expect(await listMaps()).toEqual(DEMO_MAPS)
    await settled(page)
    await look('02-maps')
  })

  it.each(DEMO_MAPS)('draws the data of the map “%s”', async (title) => {
    const drawn = await openMap(title)
    await look(`03-${title === DEMO_MAPS[0] ? 'points' : 'polygons'}`)
    expect(drawn.countColors(0.000_5)).toBeGreaterThan(6)
    drawnMaps.set(title, drawn)
    const bare = await browser.newContext({ storageState: await page.context().storageState() })
    try {
      const other = await bare.newPage()
      await other.setViewportSize(page.viewportSize() ?? { width: 1280, height: 720 })
      await emptyTiles(other)
      await other.goto(page.url())
      await mapCanvas(other).waitFor()
      await settled(other)
      expect(drawn.differenceFrom(await photograph(mapCanvas(other)))).toBeGreaterThan(0.01)
    } finally {
      await bare.close()
    }
  })

  it('keeps a map that one makes', async () => {
    await page.goto('/maps')
    await page.getByRole('button', { name: 'New map' }).click()
    await page.getByRole('dialog').getByLabel('Title').fill(OWN_MAP)
    await page.getByRole('dialog').getByRole('button', { name: 'Create map' }).click()
    await page.getByText('Put data on this map').waitFor()
    await settled(page)
    await look('04-own-map')
  })

  it('starts a second time with everything kept: who is signed in, the maps, their data, tokens and passwords', async () => {
    await server.stop()
    server = await startServer({
      home: server.home,
      repository,
      via: 'npm',
      port: Number(new URL(server.baseUrl).port),
    })
    console.log(`second start ${(server.readyAfterMs / 1_000).toFixed(1)} s`)
    expect(readDemoFile(server.home)).toEqual(demo)
    expect(problemsOf(server)).toEqual([])
    const published = await fetch(`${server.baseUrl}/v3/maps/public/${demo.publicMapId}`)
    expect(published.status).toBe(200)

    await page.goto('/')
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByText(/^Demo: this workspace/).waitFor()
    expect(await listMaps()).toEqual([...DEMO_MAPS, OWN_MAP].sort())
    await settled(page)
    await look('05-second-start-maps')
    for (const title of DEMO_MAPS) {
      const again = await openMap(title)
      await look(`06-second-start-${title === DEMO_MAPS[0] ? 'points' : 'polygons'}`)
      expect(drawnMaps.get(title)?.differenceFrom(again)).toBeLessThan(0.02)
    }
  })

  it('disturbed no console on the way and spoke with nobody else', () => {
    expect(opened.watch.problems()).toEqual([])
  })

  const look = (name: string): Promise<Buffer> => page.screenshot({ path: artifactPath(`fresh-clone-${name}.png`) })
  const mapCanvas = (on: Page) => on.getByRole('main').locator('canvas').first()

  /** The titles on the page of maps, in alphabetical order. */
  async function listMaps(): Promise<string[]> {
    await page.goto('/maps')
    await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
    const links = page.getByRole('main').locator('a[href^="/maps/"][title]')
    await links.first().waitFor()
    return (await links.evaluateAll((found) => found.map((link) => link.getAttribute('title') ?? ''))).sort()
  }

  async function openMap(title: string): Promise<Picture> {
    await page.goto('/maps')
    await page.getByRole('main').getByRole('link', { name: title }).first().click()
    await page.waitForURL(/\/maps\/[0-9a-f-]{36}/)
    await mapCanvas(page).waitFor()
    await settled(page)
    return photograph(mapCanvas(page))
  }
})
