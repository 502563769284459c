import {
  type ConnectionSummary,
  emptyMapDocument,
  type GovernanceSettings,
  type MapDetail,
  type MapDocument,
} from '@graticule/contract'
import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { takeAway } from '../harness/take-away.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const STAMP = Date.now().toString(36)
const CONNECTION = `e2e-public-${STAMP}`
const TITLE = `Public stores of ${STAMP}`
const PER_REGION = 300
const GOVERNANCE = '/workspace-api/organization/governance'

let warehouse: RowSecurityWarehouse
let browser: Browser
let admin: WatchedPage
let client: WorkspaceClient

function storesMap(): MapDocument {
  const dataset = { id: 'stores', type: 'table', source: 'public.stores', connectionName: CONNECTION } as const
  const more = {
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  } as const
  return { ...emptyMapDocument(TITLE), datasets: [{ ...dataset, ...more }] }
}

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION })
  const person = users.find(({ role }) => role === 'admin')
  if (!person) throw new Error('demo.json names no admin')
  client = await WorkspaceClient.signIn(baseUrl, person.email, person.password)
  await client.call<ConnectionSummary>('POST', '/v3/connections', {
    ...{ name: CONNECTION, providerId: 'postgres', config: warehouse.config('author') },
    ...{ privacy: 'shared', credentialPolicy: 'viewer' },
  })
  await client.call<MapDetail>('POST', '/workspace-api/maps', { document: storesMap() })
  browser = await launchChromium()
  admin = await openPage(browser, baseUrl, {
    expectedRefusals: [
      /^(422|502) \/v3\/connections\/.*publishing-logins/,
      /^422 \/workspace-api\/maps\/[^/]+\/publish$/,
    ],
  })
  await signInThroughForm(admin.page, person)
})
afterAll(async () => {
  await admin?.close()
  await browser?.close()
  if (client) await takeAway(client, STAMP, CONNECTION)
  await warehouse?.stop()
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
    await page.setViewportSize(shape)
    await page.emulateMedia({ colorScheme: shape.colorScheme })
    await judgePage(page, `publishing-login-${name}-${look}`)
  }
}

async function openShareDialog(page: Page): Promise<Locator> {
  await page.goto(`/maps?search=${STAMP}`)
  await page.getByRole('button', { name: `Actions for ${TITLE}` }).click()
  await page.getByRole('menuitem', { name: /^Share/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^Public link/ }).click()
  return dialog
}

test('an owner adds a publishing login, which is tried first', async () => {
  const { page, watch } = admin
  await page.goto(`/connections/${CONNECTION}/login`)
  const panel = page.getByRole('region', { name: 'Publishing logins' })
  await panel.getByText(/^None yet\. Only you can make maps/).waitFor()
  await panel.getByRole('button', { name: 'Add publishing login' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('The north')
  await dialog.getByLabel('User').fill('alice')
  await dialog.getByRole('textbox', { name: 'Password' }).fill('not hers')
  await dialog.getByRole('button', { name: 'Store login' }).click()
  await dialog.getByText('The login was not stored').waitFor()
  await judge(page, 'refused')
  await dialog.getByRole('textbox', { name: 'Password' }).fill(LOGIN_PASSWORD)
  await dialog.getByRole('button', { name: 'Store login' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await panel.getByRole('cell', { name: 'alice' }).waitFor()
  await panel.getByText('Works').waitFor()
  await panel.scrollIntoViewIfNeeded()
  await judge(page, 'panel')
  expect(watch.problems()).toEqual([])
})

test('whoever publishes a map sees what the public would see, says why, and the link shows that', async () => {
  const { page, watch } = admin
  const dialog = await openShareDialog(page)
  await dialog.getByRole('cell', { name: '600 rows' }).waitFor()
  await dialog.getByRole('cell', { name: /^300 rows/ }).waitFor()
  const publish = dialog.getByRole('button', { name: 'Publish link' })
  expect(await publish.isDisabled()).toBe(true)
  await judge(page, 'pre-flight')
  await dialog.getByRole('textbox', { name: /^Why may everybody see this/ }).fill('The north is on our website')
  await publish.click()
  await dialog.getByRole('button', { name: 'Copy embed code' }).waitFor()
  const link = dialog.getByLabel('Link to this map')
  await expect.poll(() => link.inputValue()).toContain('/map/')
  const id = new URL(await link.inputValue()).pathname.split('/').at(-1) ?? ''
  const shown = await fetch(`${baseUrl}/v3/maps/public/${id}`)
  expect((await shown.json()).datasets).toHaveLength(1)
  await dialog.getByRole('button', { name: 'Logins of the public link' }).click()
  await dialog.getByRole('cell', { name: /^300 rows/ }).waitFor()
  await judge(page, 'settings')
  expect(watch.problems()).toEqual([])
})

test('whoever publishes updates in Builder that show the public more is shown what, and says why', async () => {
  const { page, watch } = admin
  await warehouse.query('CREATE TABLE depots AS SELECT * FROM stores; GRANT SELECT ON depots TO PUBLIC; ANALYZE depots')
  const { maps } = await client.call<{ maps: { id: string }[] }>('GET', `/workspace-api/maps?search=${STAMP}`)
  const id = maps[0]?.id ?? ''
  const { document, revision } = await client.call<MapDetail>('GET', `/workspace-api/maps/${id}`)
  const [stores] = document.datasets
  if (!stores) throw new Error('The map has no dataset.')
  const depots = { ...stores, id: 'depots', source: 'public.depots', label: 'Depots' }
  await client.call('PATCH', `/workspace-api/maps/${id}`, {
    revision,
    document: { ...document, datasets: [stores, depots] },
  })
  await page.goto(`/maps/${id}`)
  await page.getByRole('button', { name: 'Publish updates' }).click()
  const dialog = page.getByRole('dialog', { name: 'Publish updates' })
  await dialog.getByRole('cell', { name: 'Depots' }).waitFor()
  const publish = dialog.getByRole('button', { name: 'Publish updates' })
  await publish.click()
  await dialog.getByText('Say why, in a few words.').waitFor()
  await judge(page, 'updates')
  await dialog.getByRole('textbox', { name: /^Why may everybody see this/ }).fill('The depots are on our website')
  await publish.click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Publish updates' }).waitFor({ state: 'hidden' })
  const shown = await fetch(`${baseUrl}/v3/maps/public/${id}`)
  expect((await shown.json()).datasets).toHaveLength(2)
  expect(watch.problems()).toEqual([])
})

test('under strict the dialog says that the link is refused, and why', async () => {
  const { page, watch } = admin
  const set = async (isAllowed: boolean) => {
    const { revision } = await client.call<GovernanceSettings>('GET', GOVERNANCE)
    await client.call('PATCH', GOVERNANCE, { revision, policies: { 'maps.public-viewer-credentials': isAllowed } })
  }
  const { maps } = await client.call<{ maps: { id: string }[] }>('GET', `/workspace-api/maps?search=${STAMP}`)
  await client.call('PUT', `/workspace-api/maps/${maps[0]?.id}/sharing`, { privacy: 'private' })
  await set(false)
  try {
    const dialog = await openShareDialog(page)
    await dialog.getByText(/no new public map may read from such a connection/).waitFor()
    expect(await dialog.getByRole('button', { name: 'Publish link' }).isDisabled()).toBe(true)
    await judge(page, 'strict')
  } finally {
    await set(true)
  }
  expect(watch.problems()).toEqual([])
})
