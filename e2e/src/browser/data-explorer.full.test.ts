import type { MapDetail } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { photograph } from '../harness/pixels.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { emptyTiles, openPage, settled, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, targets } = inject('servers')
const CONNECTION = targets[0]?.connectionName ?? ''

let browser: Browser
let client: WorkspaceClient
let watched: WatchedPage
let page: Page

beforeAll(async () => {
  const editor = users.find(({ role }) => role === 'editor')
  if (!editor) throw new Error('demo.json names no editor')
  client = await WorkspaceClient.signIn(baseUrl, editor.email, editor.password)
  browser = await launchChromium()
  watched = await openPage(browser, baseUrl)
  page = watched.page
  await signInThroughForm(page, editor)
})
afterAll(async () => {
  await watched?.close()
  await browser?.close()
})

const tree = () => page.getByRole('tree', { name: 'Connections, schemas and tables' })
const line = (name: string | RegExp) => tree().getByRole('treeitem', { name })
/** The schema of the demo data, whose connection begins with the same word. */
const schema = () => line(/^demo *\d+$/)
const rows = () => page.getByRole('table', { name: 'Rows of demo.earthquakes' })
const tab = (name: string) => page.getByRole('tab', { name, exact: true })

/** The line of the tree that the keyboard is on. */
const activeLine = () =>
  page.evaluate<string | null>(`(() => {
    const tree = document.querySelector('[role=tree]')
    const active = document.getElementById(tree.getAttribute('aria-activedescendant') ?? '')
    return document.activeElement === tree && active ? active.textContent : null
  })()`)

/** Walks down until this line is the active one. */
async function walkTo(text: RegExp): Promise<void> {
  for (let step = 0; step < 40; step++) {
    if (text.test((await activeLine()) ?? '')) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`No line like ${text} was reached; the last one is “${await activeLine()}”.`)
}

test('connection, schema and table are opened with the mouse, and the rows are there', async () => {
  await page.goto('/data')
  await page.getByText('Pick a table').waitFor()
  await line(new RegExp(`^${CONNECTION}$`)).click()
  expect(await line(new RegExp(`^${CONNECTION}$`)).getAttribute('aria-expanded')).toBe('true')
  await schema().click()
  await judgePage(page, 'data-tree')
  await line(/^earthquakes/).click()
  await page.waitForURL(`**/data/${CONNECTION}/demo/earthquakes`)
  await rows().getByRole('row').nth(5).waitFor()
  expect(await line(/^earthquakes/).getAttribute('aria-selected')).toBe('true')
  const sortBy = rows()
    .getByRole('columnheader', { name: /^magnitude\b(?!_)/ })
    .getByRole('button')
  await sortBy.click()
  await sortBy.click()
  await expect
    .poll(() =>
      rows()
        .getByRole('columnheader', { name: /^magnitude\b(?!_)/ })
        .getAttribute('aria-sort'),
    )
    .toBe('descending')
  await schema().click()
  await line(/^earthquakes/).waitFor({ state: 'hidden' })
})

test('the same is done with the keyboard alone', async () => {
  await page.goto('/data')
  await line(new RegExp(`^${CONNECTION}$`)).waitFor()
  await page.getByRole('textbox', { name: 'Search tables' }).focus()
  await page.keyboard.press('ArrowDown')
  await walkTo(new RegExp(`^${CONNECTION}$`))
  await page.keyboard.press('ArrowRight')
  await schema().waitFor()
  await walkTo(/^demo *\d+$/)
  await page.keyboard.press('ArrowRight')
  await line(/^earthquakes/).waitFor()
  await walkTo(/^earthquakes/)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/data/${CONNECTION}/demo/earthquakes`)
  await rows().getByRole('row').nth(5).waitFor()
  await page.keyboard.press('ArrowLeft')
  expect(await activeLine()).toMatch(/^demo *\d+$/)
  await page.keyboard.press('ArrowLeft')
  await line(/^earthquakes/).waitFor({ state: 'hidden' })
  await tab('Data').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForURL(/tab=map/)
})

test('a search finds the table in its schema', async () => {
  await page.goto('/data')
  await page.getByRole('textbox', { name: 'Search tables' }).fill('quake')
  await line(/^earthquakes/).click()
  await page.waitForURL(`**/data/${CONNECTION}/demo/earthquakes`)
})

test('a table is looked at as rows, on a map and by its columns, in every look', async () => {
  const address = `/data/${CONNECTION}/demo/earthquakes`
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.goto(address)
    await rows().getByRole('row').nth(5).waitFor()
    await judgePage(page, `data-rows-${look}`)
    await tab('Columns').click()
    await page.getByRole('button', { name: 'Show the statistics of magnitude', exact: true }).click()
    await page.getByText('Average').waitFor()
    await judgePage(page, `data-columns-${look}`)
    await tab('Map').click()
    await page.getByRole('tabpanel').locator('canvas').first().waitFor()
    await settled(page)
    await judgePage(page, `data-map-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  const panel = () => photograph(page.getByRole('tabpanel').locator('canvas').first())
  await page.goto(`${address}?tab=map`)
  await page.getByRole('tabpanel').locator('canvas').first().waitFor()
  await settled(page)
  const drawn = await panel()
  await emptyTiles(page)
  await page.reload()
  await page.getByRole('tabpanel').locator('canvas').first().waitFor()
  await settled(page)
  expect(drawn.differenceFrom(await panel())).toBeGreaterThan(0.005)
  await page.unroute(/\/v3\/maps\/[^/]+\/tiles\//)
})

test('“Create map” makes a map of the table and opens it', async () => {
  await page.goto(`/data/${CONNECTION}/demo/earthquakes`)
  await page.getByRole('button', { name: 'Create map' }).click()
  await page.waitForURL(/\/maps\/[0-9a-f-]{36}/)
  await page.locator('aside ol li button[aria-pressed][title]').first().waitFor()
  const id = /\/maps\/([0-9a-f-]{36})/.exec(page.url())?.[1]
  const { document } = await client.call<MapDetail>('GET', `/workspace-api/maps/${id}`)
  expect(document.datasets).toMatchObject([{ type: 'table', source: 'demo.earthquakes', connectionName: CONNECTION }])
  expect(watched.watch.problems()).toEqual([])
})
