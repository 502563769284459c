import { type ConnectionSummary, emptyMapDocument, type GovernanceSettings, type MapDetail } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, postgres } = inject('servers')
const STAMP = Date.now().toString(36)
const OLD = `e2e-old-${STAMP}`
const RENAMED = `e2e-renamed-${STAMP}`
const TARGET = `e2e-target-${STAMP}`
const TITLE = `Map on ${STAMP}`

let browser: Browser
let client: WorkspaceClient
let watched: WatchedPage
let mapId: string

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

const address = new URL(postgres.connectionString)
const config = {
  host: postgres.host,
  port: postgres.port,
  database: address.pathname.slice(1),
  user: decodeURIComponent(address.username),
  password: decodeURIComponent(address.password),
}

beforeAll(async () => {
  browser = await launchChromium()
  const { email, password } = person('editor')
  client = await WorkspaceClient.signIn(baseUrl, email, password)
  for (const name of [OLD, TARGET]) {
    await client.call('POST', '/v3/connections', { name, providerId: 'postgres', config, privacy: 'shared' })
  }
  const dataset = { id: 'd1', type: 'table', source: 'public.e2e_any', connectionName: OLD, providerId: 'postgres' }
  const datasets = [{ ...dataset, label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' }]
  const document = { ...emptyMapDocument(TITLE), datasets }
  mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document })).id
  watched = await openPage(browser, baseUrl, { expectedRefusals: [/^409 \/v3\/connections\//] })
  await signInThroughForm(watched.page, person('editor'))
})
afterAll(async () => {
  await watched?.close()
  await browser?.close()
})

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

async function openMenu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `connections-${name}-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

test('a connection is bookmarked, renamed and tuned in the form that creates one', async () => {
  const { page } = watched
  await page.goto('/connections')
  await rowOf(page, OLD)
    .getByRole('button', { name: `Bookmark ${OLD}` })
    .click()
  await rowOf(page, OLD)
    .getByRole('button', { name: `Remove the bookmark of ${OLD}`, pressed: true })
    .waitFor()
  await openMenu(page, OLD, 'Edit connection')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('link', { name: TITLE }).waitFor()
  await dialog.getByRole('textbox', { name: 'Name', exact: false }).first().fill(RENAMED)
  await dialog.getByRole('button', { name: 'Advanced options' }).click()
  await dialog.getByLabel('Queries at once').fill('0')
  await dialog.getByLabel('Never cache').check()
  await dialog.getByRole('button', { name: 'Save connection' }).click()
  await dialog.getByText('Enter a whole number from 1 to 100, or nothing.').waitFor()
  await dialog.getByLabel('Queries at once').fill('3')
  await judge(page, 'edit')
  await dialog.getByRole('button', { name: 'Save connection' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await rowOf(page, RENAMED).waitFor()
  await judge(page, 'list')
  const saved = await client.call<ConnectionSummary>('GET', `/v3/connections/${OLD}`)
  expect(saved).toMatchObject({
    name: RENAMED,
    aliases: [OLD],
    options: { maxConcurrentQueries: 3, neverCache: true },
  })
  await openMenu(page, RENAMED, 'Edit connection')
  await dialog.getByRole('button', { name: `Take off ${OLD}` }).click()
  await dialog.getByText(`Saving takes off ${OLD}.`).waitFor()
  await judge(page, 'alias')
  await dialog.getByRole('button', { name: 'Save connection' }).click()
  await dialog.waitFor({ state: 'hidden' })
  const map = await client.call<MapDetail>('GET', `/workspace-api/maps/${mapId}`)
  expect(map.document.datasets[0]?.connectionName).toBe(RENAMED)
})

test('many connections are warned of on the page and in the form, which saves one all the same', async () => {
  const { email, password } = person('admin')
  const admin = await WorkspaceClient.signIn(baseUrl, email, password)
  const url = '/workspace-api/organization/governance'
  const meanToHave = async (limit: number | null) => {
    const { revision } = await admin.call<GovernanceSettings>('GET', url)
    await admin.call('PATCH', url, { revision, policies: { 'connections.soft-limit': limit } })
  }
  await meanToHave(1)
  const { page } = watched
  try {
    await page.goto('/connections')
    await page.getByText(/^There are \d+ connections, and the organization means to have 1 at most/).waitFor()
    await judge(page, 'many')
    await page.getByRole('button', { name: 'Add connection' }).click()
    const form = page.getByRole('dialog', { name: 'Add connection' })
    await form.getByText(/^With this one there are \d+ connections/).waitFor()
    expect(await form.getByRole('button', { name: 'Save connection' }).isDisabled()).toBe(false)
    await judge(page, 'one-more')
  } finally {
    // The server is that of other tests too.
    await meanToHave(null)
  }
}, 120_000)

test('a connection in use is deleted once another takes its place', async () => {
  const { page } = watched
  await page.goto('/connections')
  await openMenu(page, RENAMED, 'Delete connection')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete connection' }).click()
  const dialog = page.getByRole('dialog').filter({ hasText: 'is still in use' })
  await dialog.getByRole('link', { name: TITLE }).waitFor()
  const replace = dialog.getByRole('button', { name: 'Replace and delete' })
  expect(await replace.isDisabled()).toBe(true)
  await judge(page, 'in-use')
  await dialog.getByPlaceholder('Choose a connection').click()
  await page.getByRole('option', { name: TARGET }).click()
  await replace.click()
  await page.getByText(`“${RENAMED}” was deleted; “${TARGET}” takes its place.`).waitFor()
  await rowOf(page, RENAMED).waitFor({ state: 'hidden' })
  const map = await client.call<MapDetail>('GET', `/workspace-api/maps/${mapId}`)
  expect(map.document.datasets[0]?.connectionName).toBe(TARGET)
})
