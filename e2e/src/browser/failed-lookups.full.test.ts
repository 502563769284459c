import type { MapDetail } from '@graticule/contract'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { sampleMapDocument } from '../harness/sample-map.ts'
import { SAMPLE_VIEW } from '../harness/sample-tables.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, postgres } = inject('servers')
const TABLE = `late_${Date.now().toString(36)}`

let browser: Browser
let superuser: pg.Client
let watched: WatchedPage
let page: Page
let mapId: string

beforeAll(async () => {
  superuser = new pg.Client({ connectionString: postgres.connectionString })
  await superuser.connect()
  const editor = users.find(({ role }) => role === 'editor')
  if (!editor) throw new Error('demo.json names no editor')
  const client = await WorkspaceClient.signIn(baseUrl, editor.email, editor.password)
  const sample = {
    table: `public.${TABLE}`,
    geometry: 'point',
    geometryColumn: 'geom',
    numericColumn: 'amount',
    categoryColumn: 'kind',
    dateColumn: 'day',
  } as const
  const samples = { point: sample, line: sample, polygon: sample }
  const whole = sampleMapDocument('A table that is not there yet', {
    connectionName: postgres.connectionName,
    samples,
    view: SAMPLE_VIEW,
  })
  const { config } = whole.keplerMapConfig
  const layers = config.visState.layers.slice(0, 1)
  const document = {
    ...whole,
    datasets: whole.datasets.slice(0, 1),
    keplerMapConfig: { ...whole.keplerMapConfig, config: { ...config, visState: { ...config.visState, layers } } },
  }
  mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document })).id
  browser = await launchChromium()
  watched = await openPage(browser, baseUrl, { expectedRefusals: [/^4\d\d \/(?:v3|workspace-api)\//] })
  page = watched.page
  await signInThroughForm(page, editor)
})
afterAll(async () => {
  await watched?.close()
  await browser?.close()
  await superuser?.end()
})

/** What a panel of Builder says of columns that could not be read. */
const failureIn = (panel: 'Layers' | 'Widgets') =>
  page
    .getByRole('complementary', { name: panel })
    .getByRole('alert')
    .filter({ hasText: 'The columns could not be read' })

test('columns that could not be read are no empty list: the reason stands there, and asking again helps', async () => {
  await page.goto(`/maps/${mapId}`)
  await page.locator('aside ol li button[aria-pressed][title]').first().click()
  for (const panel of ['Layers', 'Widgets'] as const) {
    await failureIn(panel).waitFor()
    expect(await failureIn(panel).textContent()).toContain(TABLE)
  }
  for (const { look, ...options } of [...LOOKS.slice(0, 2), LOOKS[0]]) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await judgePage(page, `lookup-columns-${look}`)
  }
  await superuser.query(`
    CREATE TABLE ${TABLE} (id integer PRIMARY KEY, amount double precision, kind text, day date, geom geometry(Point, 4326));
    INSERT INTO ${TABLE} SELECT n, n, 'kind ' || n % 3, '2026-01-01', ST_SetSRID(ST_MakePoint(-73.9 + n / 100.0, 40.7), 4326)
      FROM generate_series(1, 20) AS n;
  `)
  await failureIn('Widgets').getByRole('button', { name: 'Try again' }).click()
  await failureIn('Widgets').waitFor({ state: 'hidden' })
  await failureIn('Layers').waitFor({ state: 'hidden' })
  await page
    .locator('input')
    .and(page.getByLabel('Fill: Based on', { exact: true }))
    .click()
  await page.getByRole('option', { name: 'amount', exact: true }).waitFor()
  expect(watched.watch.problems()).toEqual([])
})

test('connections that could not be read are told in the SQL drawer as well', async () => {
  // The network drops the first question; nothing else of the page is touched.
  await page.route('**/v3/connections', (route) => route.abort())
  await page.goto(`/maps/${mapId}`)
  await page.getByRole('button', { name: 'SQL', exact: true }).click()
  const drawer = page.getByRole('region', { name: 'SQL' })
  await drawer.getByText('The connections could not be read').waitFor()
  await judgePage(page, 'lookup-sql')
  await page.unroute('**/v3/connections')
  await drawer.getByRole('button', { name: 'Try again' }).click()
  await drawer.getByText('The connections could not be read').waitFor({ state: 'hidden' })
  await drawer
    .locator('input')
    .and(drawer.getByLabel('Connection', { exact: true }))
    .click()
  await page.getByRole('option', { name: postgres.connectionName, exact: true }).waitFor()
})

test('people and connections that could not be found are told in the field that one is chosen with', async () => {
  const admin = users.find(({ role }) => role === 'admin')
  const editor = users.find(({ role }) => role === 'editor')
  if (!admin || !editor) throw new Error('demo.json names no admin or editor')
  const opened = await openPage(browser, baseUrl)
  await signInThroughForm(opened.page, admin)
  const told = 'The Graticule server cannot be reached'
  await opened.page.goto('/workflows')
  await opened.page.route('**/v3/connections', (route) => route.abort())
  await opened.page.getByRole('button', { name: 'New workflow' }).first().click()
  await opened.page.getByRole('dialog').getByText(told).waitFor()
  await judgePage(opened.page, 'lookup-connection-of-workflow')

  await opened.page.goto('/settings/users')
  await opened.page.getByRole('textbox', { name: 'Search people' }).fill(editor.email)
  await opened.page.getByText('1 person', { exact: true }).waitFor()
  await opened.page.route('**/workspace-api/users?*mayOwn=true*', (route) => route.abort())
  await opened.page.getByRole('button', { name: /^Role of .*: Editor$/ }).click()
  await opened.page.getByRole('menuitem', { name: 'Viewer', exact: true }).click()
  const dialog = opened.page.getByRole('dialog', { name: /a viewer\?$/ })
  await dialog.getByText(told).waitFor()
  await judgePage(opened.page, 'lookup-receiver')
  await opened.close()
})
