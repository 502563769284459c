import { readFile } from 'node:fs/promises'
import { emptyMapDocument, type MapDetail } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const TITLE = `Report ${Date.now()}`
const GROUP = `Explained ${Date.now()}`

let browser: Browser
let admin: WatchedPage
let mapId: string

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

async function judge(page: Page, name: string, shown: string): Promise<void> {
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    // Anew, because colours fade from one look to the other.
    await page.reload()
    await page.waitForLoadState('networkidle')
    await page.getByText(shown).first().waitFor()
    await judgePage(page, `access-${name}-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

beforeAll(async () => {
  browser = await launchChromium()
  const { email, password } = person('editor')
  const editor = await WorkspaceClient.signIn(baseUrl, email, password)
  const map = await editor.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument(TITLE) })
  mapId = map.id
  await editor.call('PUT', `/workspace-api/maps/${mapId}/sharing`, { privacy: 'shared' })
  const manager = await WorkspaceClient.signIn(baseUrl, person('admin').email, person('admin').password)
  await manager.call('POST', '/workspace-api/groups', { name: GROUP })
  admin = await openPage(browser, baseUrl, { expectedRefusals: [/^403 \//] })
  await signInThroughForm(admin.page, person('admin'))
})
afterAll(async () => {
  await admin?.close()
  await browser?.close()
})

test('an admin reads who reaches a map, why, and takes the report along as a file', async () => {
  const { page } = admin
  await page.goto(`/settings/access-report?asset=map:${mapId}`)
  const readers = page.getByRole('table', { name: `Who reaches ${TITLE}` })
  await readers.getByRole('row').filter({ hasText: 'owner' }).waitFor()
  await judge(page, 'report', 'owner · organization')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('access-to-asset.csv')
  const file = await readFile(await download.path(), 'utf8')
  expect(file.split('\r\n')[0]).toBe('id,name,email,role,paths,last_used_on')
  expect(file).toContain(`,${person('editor').email},editor,owner; organization,`)
  // From a reader to everything that they reach.
  await readers.getByRole('row').filter({ hasText: 'owner' }).getByRole('link').click()
  await page.getByRole('table', { name: /^What .* reaches$/ }).waitFor()
  await page.getByRole('searchbox', { name: 'Search assets' }).or(page.getByLabel('Search assets')).first().fill(TITLE)
  await page.getByRole('link', { name: TITLE }).waitFor()
  await page.goto('/settings/unused-shares')
  await page.getByText('Every share is used').waitFor()
  await judge(page, 'unused', 'Every share is used')
}, 90_000)

test('looking as somebody else is said on every page, changes nothing, and ends with Exit', async () => {
  const { page } = admin
  const { email } = person('editor')
  await page.goto('/settings/users')
  const row = page.getByRole('row').filter({ hasText: email })
  await row.getByRole('button', { name: /^Actions/ }).click()
  await page.getByRole('menuitem', { name: 'Look as them' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Look as them' }).click()
  const notice = page.getByRole('complementary', { name: 'Looking as somebody else' })
  await notice.getByText('Nothing can be changed.').waitFor()
  await page.goto('/maps')
  await page.getByText(TITLE).first().waitFor()
  await judge(page, 'view-as', TITLE)
  // Looking opens nothing in their name, so that nothing is asked for that would be refused.
  const noted: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/opened')) noted.push(request.url())
  })
  await page.goto(`/map/${mapId}`)
  await page.getByText(TITLE).first().waitFor()
  await page.waitForLoadState('networkidle')
  expect(noted).toEqual([])
  const refused = await page.evaluate(async (id) => {
    const answer = await fetch(`/workspace-api/maps/${id}`, { method: 'DELETE' })
    return { status: answer.status, body: await answer.json() }
  }, mapId)
  expect(refused).toMatchObject({ status: 403, body: { details: { rule: 'view-as' } } })
  await page.goto('/maps')
  await notice.getByRole('button', { name: 'Exit' }).click()
  await page
    .getByRole('table', { name: /people/i })
    .or(page.getByRole('row').filter({ hasText: email }))
    .first()
    .waitFor()
  expect(await notice.count()).toBe(0)
  const asThemself = page.waitForResponse((answer) => answer.url().endsWith(`/maps/${mapId}/opened`))
  await page.goto(`/map/${mapId}`)
  expect((await asThemself).status()).toBe(204)
}, 90_000)

test('the sharing dialog explains anybody’s access', async () => {
  const editor = await openPage(browser, baseUrl)
  await signInThroughForm(editor.page, person('editor'))
  await editor.page.goto(`/maps?search=${encodeURIComponent(TITLE)}`)
  await editor.page.getByRole('button', { name: new RegExp(`^Actions.*${TITLE}`) }).click()
  await editor.page.getByRole('menuitem', { name: /^Share/ }).click()
  const dialog = editor.page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Explain access…' }).click()
  await dialog.getByLabel('Person').fill(person('viewer').email)
  await editor.page.getByRole('option', { name: new RegExp(person('viewer').email) }).click()
  await dialog.getByText(/ can open this map\./).waitFor()
  await dialog.getByText('Every rule that matches, the first decides').waitFor()
  await judgePage(editor.page, 'access-explain')
  const choose = async (whose: string) => {
    await dialog.getByRole('combobox', { name: 'Whose access' }).click()
    await editor.page.getByRole('option', { name: whose, exact: true }).click()
  }
  await choose('Visitors')
  await dialog.getByText('Whoever has the address cannot open this map.').waitFor()
  await dialog.getByText('If it were shared with everybody.').waitFor()
  await choose('A group')
  await dialog.getByRole('combobox', { name: 'Group', exact: true }).fill(GROUP)
  await editor.page.getByRole('option', { name: GROUP }).click()
  await dialog.getByText(`Being in ${GROUP} does not let everybody open this map.`).waitFor()
  for (const { look, ...options } of LOOKS) {
    await editor.page.emulateMedia({ colorScheme: options.colorScheme })
    await editor.page.setViewportSize(options)
    await dialog.getByText(`Being in ${GROUP} does not let everybody open this map.`).scrollIntoViewIfNeeded()
    await judgePage(editor.page, `access-explain-group-${look}`)
  }
  expect(editor.watch.problems()).toEqual([])
  await editor.close()
}, 120_000)
