import type { ConnectionSummary, MapDetail } from '@graticule/contract'
import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { storesMap } from '../harness/stores-map.ts'
import { takeAway } from '../harness/take-away.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, settled, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const STAMP = Date.now().toString(36)
const CONNECTION = `e2e-own-${STAMP}`
const TITLE = `Stores of ${STAMP}`
/** Unequal, so that nobody else's rows can be taken for one's own. */
const PER_REGION = 300
const SOUTHERN_MORE = 40

let warehouse: RowSecurityWarehouse
let browser: Browser
let admin: WatchedPage
let client: WorkspaceClient
let connectionId: string
let mapId: string

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION })
  await warehouse.query(
    `INSERT INTO stores SELECT 10000 + i, 'south', i, 'more', ST_SetSRID(ST_MakePoint(100, -49), 4326)
     FROM generate_series(1, ${SOUTHERN_MORE}) AS i`,
  )
  const { email, password } = person('admin')
  client = await WorkspaceClient.signIn(baseUrl, email, password)
  const draft = { name: CONNECTION, providerId: 'postgres', config: warehouse.config('author'), privacy: 'shared' }
  connectionId = (await client.call<ConnectionSummary>('POST', '/v3/connections', draft)).id
  mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document: storesMap(TITLE, CONNECTION) })).id
  await client.call('PUT', `/workspace-api/maps/${mapId}/sharing`, { privacy: 'shared' })
  browser = await launchChromium()
  admin = await openPage(browser, baseUrl, { expectedRefusals: [/^422 \/v3\/connections\//] })
  await signInThroughForm(admin.page, person('admin'))
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
    await judgePage(page, `own-login-${name}-${look}`)
  }
}

/** What is answered while a login is missing or wrong; anything else that fails is a fault. */
const MISSING = [
  /^403 \/v3\/(maps|sql|stats)\//,
  /^403 \/workspace-api\/connections\//,
  /^502 \/v3\/connections\/[^/]+\/my-credentials$/,
]

async function openAs(role: string, others: readonly RegExp[] = []): Promise<WatchedPage> {
  const opened = await openPage(browser, baseUrl, { expectedRefusals: [...MISSING, ...others] })
  await signInThroughForm(opened.page, person(role))
  return opened
}

async function fillLogin(page: Page, user: string, password: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('User').fill(user)
  await dialog.getByRole('textbox', { name: 'Password' }).fill(password)
  await dialog.getByRole('button', { name: /^(Add my credentials|Replace login)$/ }).click()
}

test('an owner has everybody bring a login, sees what is red about the stored one, and says why', async () => {
  const { page, watch } = admin
  await warehouse.query('ALTER ROLE author BYPASSRLS')
  await page.goto('/connections')
  await page.getByRole('button', { name: `Actions for ${CONNECTION}` }).click()
  await page.getByRole('menuitem', { name: 'Share connection' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^Each person’s own login/ }).click()
  await dialog.getByText(/asked for a login of their own, and sees? nothing until/).waitFor()
  await dialog.getByRole('link', { name: TITLE }).waitFor()
  await dialog
    .getByText('Public links and embeds of maps show nothing of it any more, unless they read with a publishing login.')
    .waitFor()
  await dialog.getByRole('button', { name: 'Ask each person' }).click()
  await dialog.getByText('The login stored here is not fit for this').waitFor()
  await dialog
    .getByText(/author bypasses row-level security/)
    .first()
    .waitFor()
  await judge(page, 'policy')
  await dialog.getByLabel('Why it is switched on all the same').fill('The login is changed tonight.')
  await dialog.getByRole('button', { name: 'Ask each person' }).click()
  await page.getByText(`Everybody reads “${CONNECTION}” with a login of their own.`).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('row').filter({ hasText: CONNECTION }).getByText('Own logins').waitFor()
  await warehouse.query('ALTER ROLE author NOBYPASSRLS')
  await page.goto(`/settings/activity?type=connection&asset=${connectionId}`)
  const event = page.getByRole('row').filter({ hasText: 'With whose login a connection is read changed' })
  await event.getByRole('button', { name: 'Details' }).click()
  await page.getByText(/The login is changed tonight/).waitFor()
  expect(watch.problems()).toEqual([])
})

test('a viewer is asked in the map, adds a login, sees the rows of that login alone, and takes it back', async () => {
  const { close, page, watch } = await openAs('viewer')
  await page.goto(`/map/${mapId}`)
  const banner = page.getByRole('region', { name: 'Database logins' })
  await banner.getByText(`“${CONNECTION}” asks for a login of your own`).waitFor()
  await banner.getByText('Not shown: Stores by place.').waitFor()
  // The widget asks as well, calmly: nothing is an error yet.
  await page.getByRole('button', { name: 'Add my credentials' }).nth(1).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await settled(page)
  await judge(page, 'asked')
  const add = banner.getByRole('button', { name: 'Add my credentials' })
  await add.click()
  await page.getByRole('dialog').getByLabel('User').waitFor()
  await judge(page, 'dialog')
  await fillLogin(page, 'alice', 'wrong')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('alert').getByText('The login was not added').waitFor()
  expect(await dialog.getByLabel('User').inputValue()).toBe('alice')
  expect(await dialog.getByRole('textbox', { name: 'Password' }).inputValue()).toBe('wrong')
  await judge(page, 'refused')
  await fillLogin(page, 'alice', LOGIN_PASSWORD)
  await dialog.waitFor({ state: 'hidden' })
  const count = page.getByRole('status', { name: 'Stores', exact: true })
  await count.getByText('300', { exact: true }).waitFor()
  const mine = banner.getByRole('button', { name: `Your login for ${CONNECTION}` })
  await mine.waitFor()
  await settled(page)
  await judge(page, 'shown')

  // Another login takes its place: its rows are shown, and none of those before.
  await mine.click()
  await dialog.getByText('You read as alice').waitFor()
  await judge(page, 'valid')
  await fillLogin(page, 'bob', LOGIN_PASSWORD)
  await count.getByText('340', { exact: true }).waitFor()

  await mine.click()
  await dialog.getByRole('button', { name: 'Remove login' }).click()
  await dialog.getByText(`Remove your login for “${CONNECTION}”?`).waitFor()
  await judge(page, 'remove')
  await dialog.getByRole('button', { name: 'Remove login' }).click()
  await add.waitFor()
  expect(await count.count()).toBe(0)
  expect(watch.problems()).toEqual([])
  await close()
})

test('Data Explorer and Builder ask as well, and a login that the database refuses by now is told as that', async () => {
  const { close, page, watch } = await openAs('editor')
  await page.goto(`/data/${CONNECTION}/public/stores`)
  const asks = page.getByRole('heading', { name: `“${CONNECTION}” asks for a login of your own` })
  await asks.waitFor()
  await page.getByRole('treeitem', { name: 'Add my credentials' }).waitFor()
  await judge(page, 'data')
  await page.getByRole('treeitem', { name: 'Add my credentials' }).click()
  await fillLogin(page, 'bob', LOGIN_PASSWORD)
  await page
    .getByText(/of 340/)
    .first()
    .waitFor()
  expect(await page.getByText('canary-of-the-south').count()).toBeGreaterThan(0)

  await warehouse.query("ALTER ROLE bob PASSWORD 'another'")
  await warehouse.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bob'")
  await page.goto(`/map/${mapId}`)
  await page.getByText(`The database refused your login for “${CONNECTION}”`).waitFor()
  await page.goto('/connections')
  const refused = page.getByRole('button', { name: `Login refused: ${CONNECTION}` })
  await refused.waitFor()
  await judge(page, 'row')
  await refused.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('The database refused bob').waitFor()
  await judge(page, 'rejected')
  await dialog.getByRole('button', { name: 'Remove login' }).click()
  await dialog.getByRole('button', { name: 'Remove login' }).click()
  await page.getByRole('button', { name: `Add my credentials: ${CONNECTION}` }).waitFor()
  expect(watch.problems()).toEqual([])
  await close()
  await warehouse.query(`ALTER ROLE bob PASSWORD '${LOGIN_PASSWORD}'`)
})

test('whoever looks as somebody else is told in one sentence why they see none of it', async () => {
  // Nothing is written while one looks as somebody else, what was opened last neither.
  const { page, watch } = await openAs('superadmin', [/^403 \/workspace-api\/maps\/[^/]+\/opened$/])
  await page.goto('/settings/users')
  const row = page.getByRole('row').filter({ hasText: person('viewer').email })
  await row.getByRole('button', { name: /^Actions/ }).click()
  await page.getByRole('menuitem', { name: 'Look as them' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Look as them' }).click()
  await page.getByRole('complementary', { name: 'Looking as somebody else' }).waitFor()
  await page.goto(`/map/${mapId}`)
  const banner = page.getByRole('region', { name: 'Database logins' })
  await banner.getByText('which is never lent to whoever looks as them').waitFor()
  await expect.poll(() => page.getByText('which is never lent to whoever looks as them').count()).toBe(2)
  expect(await page.getByRole('button', { name: 'Add my credentials' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
  expect(watch.problems()).toEqual([])
  await page.context().close()
})
