import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { launchChromium } from '../harness/chromium.ts'
import { photograph } from '../harness/pixels.ts'
import { artifactPath, REPOSITORY } from '../harness/repository.ts'
import { type DemoFile, problemsOf, type RunningServer, readDemoFile, startServer } from '../harness/server-process.ts'
import {
  emptyTiles,
  openPage,
  settled,
  sidewaysOverflow,
  signInThroughForm,
  type WatchedPage,
} from './signed-in-page.ts'

const MAP_TITLE = 'States by how many live there'
/** What a map is made of: a light table, because software draws a frame of county outlines in seconds. */
const STATES = { table: 'demo.states', textColumn: 'capital', numericColumn: 'population' }

describe('the journey of a stranger', () => {
  let home: string
  let server: RunningServer
  let demo: DemoFile
  let browser: Browser
  let owner: WatchedPage
  let page: Page
  let mapId: string

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-journey-'))
    server = await startServer({ home, via: 'launcher', readyWithinMs: 300_000 })
    demo = readDemoFile(home)
    browser = await launchChromium()
    owner = await openPage(browser, server.baseUrl)
    page = owner.page
  }, 320_000)

  afterAll(async () => {
    await browser?.close()
    const code = await server?.stop()
    await rm(home, { recursive: true, force: true })
    expect(code).toBe(0)
    expect(problemsOf(server)).toEqual([])
  })

  const look = (name: string): Promise<Buffer> => page.screenshot({ path: artifactPath(`journey-${name}.png`) })
  const saved = () =>
    page
      .getByRole('status')
      .filter({ hasText: /^Saved$/ })
      .waitFor()
  const tab = (name: string) =>
    page.getByRole('tab', { name, exact: true }).or(page.getByRole('link', { name, exact: true }))
  const mapCanvas = () => page.getByRole('main').locator('canvas').first()

  it('opens the printed link and finds the demo: a banner and two maps', async () => {
    const link = /https?:\/\/\S+\/sign-in\?\S*link=\S+/.exec(server.output())?.[0]
    await page.goto(String(link))
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByText(/^Demo: this workspace/).waitFor()
    await page.waitForLoadState('networkidle')
    await look('01-home')
    await page.getByRole('link', { name: 'Maps', exact: true }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
    await expect.poll(() => page.getByRole('main').locator('a[href^="/maps/"][title]').count()).toBe(2)
    await look('02-maps')
  })

  it('the passwords of the demo are those of this install: another has others, and none stands in the repository', () => {
    const passwords = demo.users.map(({ password }) => password)
    const elsewhere = inject('servers').users.map(({ password }) => password)
    expect(elsewhere).toHaveLength(passwords.length)
    expect(new Set([...passwords, ...elsewhere]).size).toBe(2 * passwords.length)
    for (const password of passwords) expect(password).toMatch(/^[\w-]{20}$/)
    const patterns = [...passwords, ...elsewhere].flatMap((password) => ['-e', password])
    const search = spawnSync('git', ['grep', '--fixed-strings', '--files-with-matches', ...patterns], {
      cwd: REPOSITORY,
    })
    expect({ status: search.status, found: search.stdout.toString() }).toEqual({ status: 1, found: '' })
  })

  it('the link works once', async () => {
    const link = /https?:\/\/\S+\/sign-in\?\S*link=\S+/.exec(server.output())?.[0]
    const stranger = await openPage(browser, server.baseUrl, { expectedRefusals: [/^40[01] \/auth\/sign-in\/link$/] })
    await stranger.page.goto(String(link))
    await stranger.page.getByText('This link does not work any more').waitFor()
    expect(stranger.watch.problems()).toEqual([])
    await stranger.close()
  })

  it('opens a demo map: the data is painted and the widgets hold values', async () => {
    await page.goto(`/maps/${demo.publicMapId}`)
    await mapCanvas().waitFor()
    await settled(page)
    await look('03-demo-map')
    const picture = await photograph(mapCanvas())
    expect(picture.countColors(0.0005)).toBeGreaterThan(6)
    const widgets = page.getByRole('complementary', { name: 'Widgets' })
    await expect.poll(async () => (await widgets.textContent())?.match(/\d/g)?.length ?? 0).toBeGreaterThan(3)
  })

  it('a category that is clicked filters the map and the other widgets, and lets go again', async () => {
    const widgets = page.getByRole('complementary', { name: 'Widgets' })
    const before = await photograph(mapCanvas())
    const numbers = await widgets.textContent()
    const category = widgets.locator('button[aria-pressed]').first()
    await category.click()
    await expect.poll(() => category.getAttribute('aria-pressed')).toBe('true')
    await settled(page)
    await look('04-category-filter')
    expect((await photograph(mapCanvas())).differenceFrom(before)).toBeGreaterThan(0.002)
    expect(await widgets.textContent()).not.toBe(numbers)
    await page.getByRole('button', { name: 'Clear all' }).click()
    await settled(page)
    expect((await photograph(mapCanvas())).differenceFrom(before)).toBeLessThan(0.02)
  })

  it('finds a table in the Data Explorer, looks at it and makes a map of it', async () => {
    const [schema = '', table = ''] = STATES.table.split('.')
    await page.goto(`/data/${demo.connection}/${schema}/${table}`)
    await page.getByRole('heading', { name: table }).waitFor()
    await page.getByText(STATES.textColumn).first().waitFor()
    await settled(page)
    await look('05-table-rows')
    await tab('Map').click()
    await settled(page)
    await look('06-table-map')
    await tab('Columns').click()
    await page.getByRole('button', { name: `Show the statistics of ${STATES.numericColumn}` }).click()
    await settled(page)
    await look('07-table-columns')
    await page.getByRole('button', { name: 'Create map' }).click()
    await page.waitForURL(/\/maps\/[0-9a-f-]{36}/)
    mapId = /\/maps\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
    await mapCanvas().waitFor()
    await settled(page)
    await look('08-new-map')
    await saved()
  })

  it('styles it by a column, and every change is saved by itself', async () => {
    const before = await photograph(mapCanvas())
    await page.getByRole('button', { name: 'Rename map' }).or(page.locator('[title="Rename map"]')).first().click()
    await page.getByLabel('Map title').fill(MAP_TITLE)
    await page.keyboard.press('Enter')
    const basis = page
      .getByRole('combobox', { name: /^Fill: Based on/ })
      .or(page.getByLabel('Fill: Based on'))
      .first()
    if (!(await basis.isVisible())) await page.locator('aside ol li button[aria-pressed]').first().click()
    await basis.click()
    await page.getByRole('option', { name: STATES.numericColumn, exact: true }).click()
    await settled(page)
    await saved()
    await look('09-styled')
    const styled = await photograph(mapCanvas())
    expect(styled.differenceFrom(before)).toBeGreaterThan(0.01)
    await page.reload()
    await mapCanvas().waitFor()
    await settled(page)
    expect((await photograph(mapCanvas())).differenceFrom(styled)).toBeLessThan(0.05)
    expect(await page.getByText(MAP_TITLE).count()).toBeGreaterThan(0)
  })

  it('undoes and redoes', async () => {
    await page.locator('aside ol li button[aria-pressed]').first().click()
    const hide = page.getByRole('button', { name: /^Hide / }).first()
    const shown = await photograph(mapCanvas())
    await hide.click()
    await settled(page)
    const hidden = await photograph(mapCanvas())
    expect(hidden.differenceFrom(shown)).toBeGreaterThan(0.01)
    await page.getByRole('button', { name: 'Undo' }).click()
    await settled(page)
    expect((await photograph(mapCanvas())).differenceFrom(shown)).toBeLessThan(0.02)
    await page.getByRole('button', { name: 'Redo' }).click()
    await settled(page)
    expect((await photograph(mapCanvas())).differenceFrom(hidden)).toBeLessThan(0.02)
    await page.getByRole('button', { name: 'Undo' }).click()
    await settled(page)
    await saved()
  })

  it('shares it publicly: a stranger without cookies sees it, and another page may embed it', async () => {
    await page.getByRole('button', { name: 'Share' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: /^Public link/ }).click()
    await look('10-share')
    expect(await findAccessibilityProblems(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Publish link' }).click()
    // Until the map is public there is neither.
    const link = await dialog.getByRole('textbox', { name: 'Link to this map', disabled: false }).inputValue()
    const embed = await dialog.getByRole('textbox', { name: 'Embed code', disabled: false }).inputValue()
    await look('11-shared')
    await dialog.getByRole('button', { name: 'Done' }).click()
    expect(link).toBe(`${server.baseUrl}/map/${mapId}`)

    for (const width of [1280, 390]) {
      const stranger = await openPage(browser, server.baseUrl, { width, height: 844 })
      await stranger.page.goto(link)
      await stranger.page.getByText(MAP_TITLE).first().waitFor()
      await settled(stranger.page)
      await stranger.page.screenshot({ path: artifactPath(`journey-12-viewer-${width}.png`) })
      const picture = await photograph(stranger.page)
      expect(await sidewaysOverflow(stranger.page)).toBe(0)
      expect(await stranger.page.context().cookies()).toEqual([])
      expect(await findAccessibilityProblems(stranger.page)).toEqual([])
      expect(stranger.watch.problems()).toEqual([])
      await emptyTiles(stranger.page)
      await stranger.page.reload()
      await settled(stranger.page)
      expect(picture.differenceFrom(await photograph(stranger.page))).toBeGreaterThan(0.02)
      await stranger.close()
    }

    const host = await openPage(browser, server.baseUrl)
    await host.page.setContent(`<h1>A page of somebody else</h1>${embed}`)
    const frame = host.page.frameLocator('iframe')
    await frame.locator('canvas').first().waitFor()
    await settled(host.page)
    await host.page.screenshot({ path: artifactPath('journey-13-embed.png') })
    const picture = await photograph(host.page)
    expect(host.watch.problems()).toEqual([])
    await emptyTiles(host.page)
    await host.page.setContent(`<h1>A page of somebody else</h1>${embed}`)
    await frame.locator('canvas').first().waitFor()
    await settled(host.page)
    expect(picture.differenceFrom(await photograph(host.page))).toBeGreaterThan(0.02)
    await host.close()
  })

  it('another role sees only what is shared with it', async () => {
    await page.goto('/maps')
    await page.getByRole('button', { name: 'New map' }).click()
    await page.getByRole('dialog').getByLabel('Title').fill('Nobody else’s business')
    await page.getByRole('dialog').getByRole('button', { name: 'Create map' }).click()
    await page.waitForURL(/\/maps\/[0-9a-f-]{36}/)
    const privateId = /\/maps\/([0-9a-f-]{36})/.exec(page.url())?.[1]
    await page.getByText('Put data on this map').waitFor()
    await look('14-empty-map')

    const viewer = demo.users.find((user) => user.role === 'viewer')
    if (!viewer) throw new Error('demo.json names no viewer')
    const other = await openPage(browser, server.baseUrl, { expectedRefusals: [/^404 \/workspace-api\//] })
    await signInThroughForm(other.page, viewer)
    await other.page.goto('/maps')
    await other.page.getByText(MAP_TITLE).first().waitFor()
    expect(await other.page.getByText('Nobody else’s business').count()).toBe(0)
    await other.page.screenshot({ path: artifactPath('journey-15-viewer-role.png') })
    await other.page.goto(`/maps/${privateId}`)
    await other.page.waitForLoadState('networkidle')
    await other.page.screenshot({ path: artifactPath('journey-16-not-yours.png') })
    expect(await other.page.getByText('Nobody else’s business').count()).toBe(0)
    expect(await findAccessibilityProblems(other.page)).toEqual([])
    expect(other.watch.problems()).toEqual([])
    await other.close()
  })

  it('signs out, and nothing on the way disturbed the console or left the machine', async () => {
    await page.goto('/')
    await settled(page)
    expect(owner.watch.problems()).toEqual([])
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(/\/sign-in/)
    await look('17-signed-out')
  })
})
