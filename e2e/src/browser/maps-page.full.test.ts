import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const EDITOR = { email: 'ed@corp.example', password: 'correct horse battery', name: 'Ed' }
const PROJECT = 'Coasts'
const TITLES = ['Crème brûlée shops', 'Flood zones', 'Harbours', 'Parcels']

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-maps-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
  const client = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  for (const title of TITLES) await client.call('POST', '/workspace-api/maps', { title })
  await client.call('POST', '/v3/projects', { name: PROJECT })
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

/** The titles of the maps that the page shows, by name. */
async function titlesOn(page: Page): Promise<string[]> {
  const names = await page
    .getByRole('main')
    .getByRole('link', { name: /^Open / })
    .allTextContents()
  return names.sort()
}

test('maps are tagged, shared, moved, transferred and deleted in numbers, starred, found by words, tags and filters in the address', async () => {
  const { page, watch, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/maps?view=table&sort=title')
  await page.getByRole('table', { name: 'Maps' }).waitFor()

  for (const title of ['Flood zones', 'Harbours']) {
    await page.getByRole('checkbox', { name: `Select ${title}` }).focus()
    await page.keyboard.press('Space')
  }
  await page.getByText('2 maps selected').waitFor()
  await page.getByRole('button', { name: 'Tag', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Add these tags').fill('Water')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Change tags' }).click()
  await page.getByText('2 maps were tagged.').waitFor()
  expect(await page.getByText('2 maps selected').count()).toBe(0)

  await page.getByRole('link', { name: 'Maps with the tag Water' }).first().click()
  await page.waitForURL(/tag=Water/)
  await page.getByText('2 maps', { exact: true }).waitFor()
  expect(await titlesOn(page)).toEqual(['Flood zones', 'Harbours'])
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.reload()
    await page.getByRole('checkbox', { name: 'Select Harbours' }).setChecked(true)
    await page.getByText('1 map selected').waitFor()
    await judgePage(page, `maps-selected-${look}`)
  }
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  // Who gains and who loses access is said before it is confirmed; here nobody else is in the organization.
  const meaning = page.getByRole('dialog').getByRole('list', { name: 'What this means' })
  await meaning.getByText('Nobody in the organization gains or loses access.').waitFor()
  await judgePage(page, 'maps-share-many')
  await page.getByRole('dialog').getByRole('button', { name: 'Share 1 map' }).click()
  await page.getByText('1 map is shared so now.').waitFor()
  await page.goto('/maps?privacy=shared')
  await page.getByText('1 map', { exact: true }).waitFor()
  expect(await titlesOn(page)).toEqual(['Harbours'])

  await page.goto('/maps')
  await page.getByRole('textbox', { name: 'Search maps' }).fill('BRULEE creme')
  await page.waitForURL(/search=/)
  await page.getByText('1 map', { exact: true }).waitFor()
  expect(await titlesOn(page)).toEqual(['Crème brûlée shops'])
  await page.getByRole('button', { name: 'Keep “Crème brûlée shops” among your favourites' }).click()
  await page.getByRole('button', { name: 'Take “Crème brûlée shops” out of your favourites' }).waitFor()
  // It counts as opened once the server has noted it.
  const noted = page.waitForResponse((answer) => answer.url().endsWith('/opened'))
  await page.getByRole('link', { name: 'Open Crème brûlée shops' }).click()
  await page.waitForURL(/\/maps\/[\w-]+$/)
  await page.getByRole('main').waitFor()
  await noted

  await page.goto('/')
  const favourites = page.getByRole('region', { name: 'Favourites' })
  await favourites.getByRole('link', { name: /Crème brûlée shops/ }).waitFor()
  await page.getByRole('region', { name: 'Recently opened' }).getByRole('link', { name: /Crème/ }).waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.reload()
    await favourites.getByRole('link', { name: /Crème brûlée shops/ }).waitFor()
    await judgePage(page, `home-kept-${look}`, { fullPage: true })
  }
  await page.setViewportSize({ width: 1280, height: 720 })

  await page.goto('/maps?view=table&sort=title')
  const select = async (...titles: readonly string[]) => {
    for (const title of titles) await page.getByRole('checkbox', { name: `Select ${title}` }).setChecked(true)
    await page.getByText(`${titles.length} maps selected`).waitFor()
  }
  await select('Flood zones', 'Parcels')
  await page.getByRole('button', { name: 'Move to project' }).click()
  const moving = page.getByRole('dialog', { name: 'Move 2 items' })
  await moving.getByRole('combobox', { name: 'Where to' }).click()
  await page.getByRole('option', { name: PROJECT }).click()
  await judgePage(page, 'maps-move')
  await moving.getByRole('button', { name: 'Move', exact: true }).click()
  await page.getByText(`2 items are in ${PROJECT} now.`).waitFor()
  await page.goto('/projects')
  await page.getByRole('link', { name: PROJECT }).first().click()
  for (const title of ['Flood zones', 'Parcels']) await page.getByText(title).first().waitFor()

  // Nobody else is there before: so far nobody gains or loses access.
  const client = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const { results } = await client.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', {
    emails: [EDITOR.email],
    role: 'editor',
  })
  await client.call('POST', '/auth/invitation', {
    token: results[0]?.link.split('#')[1],
    name: EDITOR.name,
    password: EDITOR.password,
  })
  await page.goto('/maps?view=table&sort=title')
  await select('Flood zones', 'Harbours')
  await page.getByRole('button', { name: 'Transfer', exact: true }).click()
  const transfer = page.getByRole('dialog', { name: 'Transfer 2 assets' })
  const owner = transfer.getByRole('combobox', { name: 'New owner' })
  await owner.click()
  await owner.fill(EDITOR.email)
  await page.getByRole('option', { name: new RegExp(EDITOR.email) }).click()
  await transfer.getByText('Nothing breaks by this.').waitFor()
  await judgePage(page, 'maps-transfer')
  await transfer.getByRole('button', { name: 'Transfer', exact: true }).click()
  await page.getByText(`${EDITOR.name} now owns 2 assets.`).waitFor()
  const editor = await WorkspaceClient.signIn(server.baseUrl, EDITOR.email, EDITOR.password)
  const { maps } = await editor.call<{ maps: { title: string; owner: { email: string } }[] }>(
    'GET',
    '/workspace-api/maps',
  )
  const theirs = maps.filter((map) => map.owner.email === EDITOR.email).map(({ title }) => title)
  expect(theirs.sort()).toEqual(['Flood zones', 'Harbours'])

  await page.goto('/maps?scope=favourites')
  await page.getByText('1 map', { exact: true }).waitFor()
  await page.getByRole('checkbox', { name: 'Select Crème brûlée shops' }).setChecked(true)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 1 map' }).click()
  await page.getByText('No favourites yet').waitFor()
  expect(watch.problems()).toEqual([])
  await close()
}, 180_000)

test('workflows are tagged and starred, applications starred, and their lists narrowed to that', async () => {
  const { page, watch, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  const send = (path: string, data: object) =>
    page.request.post(`/workspace-api/${path}`, { data, headers: { 'sec-fetch-site': 'same-origin' } })
  for (const title of ['Clean up', 'Geocode']) await send('workflows', { title })
  for (const name of ['Store finder', 'Field book']) await send('applications', { name, url: 'https://example.org' })
  await page.goto('/workflows')
  await page.getByRole('button', { name: 'Actions for Clean up' }).click()
  await page.getByRole('menuitem', { name: 'Tags' }).click()
  await page.getByRole('dialog').getByLabel('Tags', { exact: true }).fill('Weekly')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Save tags' }).click()
  await page.getByRole('link', { name: 'Workflows with the tag Weekly' }).click()
  await page.waitForURL(/tag=Weekly/)
  await page.getByText('1 workflow', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Keep “Clean up” among your favourites' }).click()
  await page.goto('/workflows?scope=favourites')
  await page.getByText('1 workflow', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Clean up', exact: true }).waitFor()
  await page.goto('/applications')
  await page.getByRole('button', { name: 'Keep “Store finder” among your favourites' }).click()
  await page.getByText('Favourites', { exact: true }).click()
  await page.waitForURL(/scope=favourites/)
  await page.getByText('1 application', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Open Store finder in a new tab' }).waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    for (const kind of ['workflows', 'applications']) {
      await page.goto(`/${kind}`)
      await page.getByText(`2 ${kind}`, { exact: true }).waitFor()
      await judgePage(page, `starred-${kind}-${look}`)
    }
  }
  expect(watch.problems()).toEqual([])
  await close()
}, 120_000)
