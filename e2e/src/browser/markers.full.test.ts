import { emptyMapDocument, type MapDetail, type MapDocument, type SettingsText } from '@graticule/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { isNear, photograph } from '../harness/pixels.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, settled, signInThroughForm } from './signed-in-page.ts'

const { baseUrl, users, targets } = inject('servers')

/** A magenta square that tries to run, and to load from elsewhere. */
const MARKER = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="fetch('/stolen')">
  <script>fetch('/stolen')</script><image href="https://example.org/tracker.png" width="1" height="1"/>
  <rect width="10" height="10" fill="#ff00c8"/></svg>`
const isMarker = (color: readonly [number, number, number]) => isNear(color, [255, 0, 200])

let browser: Browser
let client: WorkspaceClient
let map: MapDetail
const admin = users.find((user) => user.role === 'admin')

beforeAll(async () => {
  if (admin === undefined) throw new Error('demo.json names no admin')
  browser = await launchChromium()
  client = await WorkspaceClient.signIn(baseUrl, admin.email, admin.password)
  map = await client.call('POST', '/workspace-api/maps', { document: quakes() })
})
afterAll(async () => {
  // The server is that of other tests too.
  if (map) await client.call('DELETE', `/workspace-api/maps/${map.id}`)
  const { revisions: base } = await client.call<SettingsText>('GET', '/workspace-api/settings')
  await client.call('POST', '/workspace-api/settings/apply', { text: 'version: 1\nmarkers: []\n', base })
  await browser?.close()
})

function quakes(): MapDocument {
  const document = emptyMapDocument('Quakes by marker')
  const { config } = document.keplerMapConfig
  const dataset = { id: 'quakes', type: 'table', source: 'demo.earthquakes', format: 'tilejson' } as const
  const connectionName = targets[0]?.connectionName ?? ''
  const look = { filled: true, stroked: true, opacity: 1, radius: 4, thickness: 1 }
  const names = { dataId: 'quakes', label: 'Quakes', color: [10, 60, 90] }
  return {
    ...document,
    datasets: [
      { ...dataset, connectionName, providerId: 'postgres', label: 'Quakes', geoColumn: 'geom', columns: null },
    ],
    keplerMapConfig: {
      version: 'v1',
      config: {
        ...config,
        mapState: { latitude: 20, longitude: 0, zoom: 1, pitch: 0, bearing: 0 },
        visState: {
          ...config.visState,
          layers: [
            {
              id: 'points',
              type: 'tileset',
              visualChannels: {},
              config: { ...names, isVisible: true, textLabel: [], visConfig: look },
            },
          ],
        },
      },
    },
  }
}

test('an admin uploads a marker, Builder draws points with it, and a public map shows it to everybody', async () => {
  if (admin === undefined) throw new Error('demo.json names no admin')
  const { page, watch, close } = await openPage(browser, baseUrl)
  await signInThroughForm(page, admin)
  await page.goto('/settings/customization')
  await page.getByText('No markers yet.').waitFor()
  await page.getByRole('button', { name: 'New marker' }).click()
  const dialog = page.getByRole('dialog', { name: 'New marker' })
  await dialog.getByLabel('Name').fill('Square')
  await dialog.getByRole('button', { name: 'See what changes' }).click()
  await dialog.getByText('Choose a picture.').waitFor()
  const chooser = page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Choose a picture' }).click()
  await (await chooser).setFiles({ name: 'no-picture.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('nothing') })
  await dialog.getByText('This file cannot be read as a picture.').waitFor()
  const second = page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Choose a picture' }).click()
  await (await second).setFiles({ name: 'square.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(MARKER) })
  await dialog.locator('img[src^="data:image/png"]').waitFor()
  await judgePage(page, 'markers-dialog')
  await dialog.getByRole('button', { name: 'See what changes' }).click()
  const plan = page.getByRole('dialog', { name: 'What this changes' })
  await plan.getByText('Builder offers this marker.').waitFor()
  await plan.getByRole('button', { name: 'Apply' }).click()
  await plan.waitFor({ state: 'hidden' })
  const list = page.getByRole('list', { name: 'Markers' })
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await list.getByText('Square').scrollIntoViewIfNeeded()
    await judgePage(page, `markers-settings-${look}`)
  }

  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(`/maps/${map.id}`)
  const canvas = page.getByRole('main').locator('canvas').first()
  await page.locator('aside ol li button[aria-pressed][title]').first().click()
  const field = page.getByRole('combobox', { name: 'Marker' })
  await field.waitFor()
  await settled(page)
  expect((await photograph(canvas)).shareOf(isMarker)).toBe(0)
  // By the keyboard: the first after the circle.
  await field.press('Enter')
  await page.getByRole('option', { name: 'Square' }).waitFor()
  await field.press('ArrowDown')
  await field.press('Enter')
  await page
    .getByRole('status')
    .filter({ hasText: /^Saved$/ })
    .waitFor()
  await settled(page)
  expect((await photograph(canvas)).shareOf(isMarker)).toBeGreaterThan(0.01)
  await judgePage(page, 'markers-builder')
  await expect
    .poll(async () => {
      const { document } = await client.call<MapDetail>('GET', `/workspace-api/maps/${map.id}`)
      return document.keplerMapConfig.config.visState.layers[0]?.config.visConfig
    })
    .toMatchObject({ customMarkers: true, customMarkersUrl: expect.stringMatching(/^\/markers\//), filled: false })
  // A stencil for the colour of the layer.
  await page.getByRole('switch', { name: 'Tint with a colour' }).click({ force: true })
  await settled(page)
  const tinted = await photograph(canvas)
  expect(tinted.shareOf(isMarker)).toBe(0)
  expect(tinted.shareOf((color) => isNear(color, [10, 60, 90]))).toBeGreaterThan(0.01)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page
    .getByRole('status')
    .filter({ hasText: /^Saved$/ })
    .waitFor()
  expect(watch.problems()).toEqual([])
  await close()

  await client.call('POST', `/workspace-api/maps/${map.id}/privacy`, { privacy: 'public' })
  const { revision } = await client.call<MapDetail>('GET', `/workspace-api/maps/${map.id}`)
  await client.call('POST', `/workspace-api/maps/${map.id}/publish`, { revision })
  const visitor = await openPage(browser, baseUrl)
  await visitor.page.goto(`/map/${map.id}`)
  await visitor.page.getByRole('region', { name: 'Legend' }).locator('img[src^="/markers/"]').waitFor()
  await settled(visitor.page)
  expect((await photograph(visitor.page)).shareOf(isMarker)).toBeGreaterThan(0.01)
  await judgePage(visitor.page, 'markers-visitor')
  expect(visitor.watch.problems()).toEqual([])
  await visitor.close()
}, 240_000)
