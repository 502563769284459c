import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyMapDocument } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }

let home: string
let server: RunningServer
let browser: Browser
let tiles: Server
let tilesOrigin: string
let tileCount = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-settings-'))
  tiles = createServer((_request, response) => {
    tileCount += 1
    response.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' }).end(picture(256))
  })
  await new Promise<void>((resolve) => tiles.listen(0, '127.0.0.1', resolve))
  tilesOrigin = `http://127.0.0.1:${(tiles.address() as AddressInfo).port}`
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  tiles?.close()
  await rm(home, { recursive: true, force: true })
})

/** A picture of one colour. */
function picture(size: number): Buffer {
  const png = new PNG({ width: size, height: size })
  png.data.fill(200)
  return PNG.sync.write(png)
}

async function judgeLooks(page: Page, name: string): Promise<void> {
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `${name}-${look}`, { fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

const colorOf = (page: Page, selector: string) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`)

async function applyPlan(page: Page, consequence: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'What this changes' })
  await dialog.getByText(consequence).waitFor()
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

test('an admin gives the organization a look and a basemap, and the public sees both on its maps', async () => {
  const admin = await openPage(browser, server.baseUrl, { origins: [tilesOrigin] })
  const { page } = admin
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/customization')
  await page.getByLabel('Primary colour').fill('#ffcc00')
  await page.getByText('must be 4.5:1; take a darker one.').waitFor()
  await page.getByLabel('Primary colour').fill('#7a1f5c')
  await page.getByLabel('App bar').fill('#102a43')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture(100) })
  await page.getByText('The picture has 100 × 100 pixels.').waitFor()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture(256) })
  await page.getByRole('img', { name: 'Logo' }).waitFor()
  await page.getByRole('button', { name: 'See what changes' }).click()
  await applyPlan(page, 'Everybody sees another logo.')
  await expect.poll(() => colorOf(page, 'nav[aria-label="Main"]')).toBe('rgb(16, 42, 67)')

  await page.getByRole('button', { name: 'New palette' }).click()
  const palette = page.getByRole('dialog', { name: 'New palette' })
  await palette.getByLabel('Name').fill('Corporate')
  await palette.getByRole('textbox', { name: 'Colours' }).fill('#102a43 #7a1f5c #ffcc00')
  await palette.getByRole('button', { name: 'See what changes' }).click()
  await applyPlan(page, 'Builder offers this palette.')

  await page.getByRole('button', { name: 'New basemap' }).click()
  const basemap = page.getByRole('dialog', { name: 'New basemap' })
  await basemap.getByLabel('Name').fill('Corporate tiles')
  await basemap.getByLabel('Id').fill('corporate')
  await basemap.getByLabel('Address').fill(`${tilesOrigin}/{z}/{x}/{y}.png`)
  await basemap.getByRole('button', { name: 'See what changes' }).click()
  await applyPlan(page, 'Builder offers this basemap.')
  await page.getByText('Corporate tiles').waitFor()
  await page.getByText('The settings were changed.').waitFor({ state: 'hidden' })
  await judgeLooks(page, 'customization')

  const document = emptyMapDocument('Stores')
  document.keplerMapConfig.config.mapStyle.styleType = 'custom:corporate'
  const send = async (method: string, path: string, data: object) => {
    const answer = await page.request.fetch(`/workspace-api/maps${path}`, {
      method,
      data,
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    expect(answer.ok(), await answer.text()).toBe(true)
    return answer
  }
  const { id } = (await (await send('POST', '', { document })).json()) as { id: string }
  await send('PUT', `/${id}/sharing`, { privacy: 'public' })

  const visitor = await openPage(browser, server.baseUrl, { origins: [tilesOrigin] })
  tileCount = 0
  await visitor.page.goto(`/map/${id}`)
  await visitor.page.getByRole('heading', { name: 'Stores' }).waitFor()
  await expect.poll(() => colorOf(visitor.page, 'header')).toBe('rgb(16, 42, 67)')
  const logoWidth = () => visitor.page.evaluate<number>("document.querySelector('header img').naturalWidth")
  await expect.poll(logoWidth).toBe(256)
  await expect.poll(() => tileCount).toBeGreaterThan(0)
  await judgeLooks(visitor.page, 'branded-map')
  expect(visitor.watch.problems()).toEqual([])

  // Deleting the basemap names the map, which says so and is drawn on the default one.
  await page.getByRole('button', { name: 'Delete Corporate tiles' }).click()
  await applyPlan(page, 'The map is drawn on the default basemap, with a note.')
  await visitor.page.reload()
  await visitor.page.getByText('The basemap of this map is no longer offered.').waitFor()
  await visitor.close()
  await admin.close()
}, 120_000)

test('an admin changes the document, reads the plan, applies it, and asks what it expects', async () => {
  const { page, watch, close } = await openPage(browser, server.baseUrl, {
    expectedRefusals: [/^400 \/workspace-api\/settings\/plan$/],
  })
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/code')
  const text = page.getByRole('textbox', { name: 'Document' })
  await text.waitFor()
  await judgeLooks(page, 'settings-as-code')
  const before = await text.inputValue()
  expect(before).toContain('name: Corp\n')
  await text.fill(before.replace('name: Corp\n', 'name: Corporation\n').replace('expectedAccess: []', EXPECTED))
  await page.getByRole('button', { name: 'Test expected access' }).click()
  await page.getByText('1 as expected, 1 not').waitFor()
  await page.getByRole('button', { name: 'See what changes' }).click()
  const dialog = page.getByRole('dialog', { name: 'What this changes' })
  await dialog.getByText('2 values change').click()
  await dialog.getByText('general.name').waitFor()
  await judgeLooks(page, 'settings-plan')
  await applyPlan(page, 'The organization is called "Corporation".')
  await expect.poll(() => text.inputValue()).toContain('name: Corporation\n')

  await text.fill('version: 1\ncolour: red\n')
  await page.getByRole('button', { name: 'See what changes' }).click()
  await page.getByText('"colour" is not a setting; remove it.').waitFor()
  expect(watch.problems()).toEqual([])
  await close()
}, 120_000)

const EXPECTED = `expectedAccess:
  - {role: guest, action: map.create, allowed: false}
  - {role: viewer, action: map.create, allowed: true}`
