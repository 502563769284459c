import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyMapDocument } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const LINK_PASSWORD = 'open sesame'

let home: string
let server: RunningServer
let browser: Browser
let mapId: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-publishing-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
  const client = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const document = emptyMapDocument('Harbours')
  mapId = (await client.call<{ id: string }>('POST', '/workspace-api/maps', { document })).id
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `publishing-${name}-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

async function unlock(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Password of the map' }).fill(password)
  await page.getByRole('button', { name: 'Open the map' }).click()
}

test('readers behind a password see what was published, and the draft once updates are published', async () => {
  const admin = await openPage(browser, server.baseUrl)
  await signInThroughForm(admin.page, ADMIN)
  await admin.page.goto(`/maps/${mapId}`)
  await admin.page.getByRole('button', { name: 'Share' }).click()
  const dialog = admin.page.getByRole('dialog')
  // A private map has neither, and says why.
  await dialog.getByText('so a link would lead others nowhere').waitFor()
  expect(await dialog.getByRole('button', { name: 'Copy link' }).isDisabled()).toBe(true)
  expect(await dialog.getByRole('button', { name: 'Copy embed code' }).isDisabled()).toBe(true)
  await dialog.getByRole('radio', { name: /^Public link/ }).click()
  await dialog.getByRole('textbox', { name: 'Password for the link (optional)' }).fill(LINK_PASSWORD)
  await dialog.getByRole('button', { name: 'Publish link' }).click()
  await dialog.getByText('Readers see the map as it is now.').waitFor()
  await dialog.getByRole('switch', { name: 'Show it in lists and searches' }).scrollIntoViewIfNeeded()
  await judge(admin.page, 'shared')
  await dialog.getByRole('button', { name: 'Done' }).click()

  const reader = await openPage(browser, server.baseUrl, {
    expectedRefusals: [/^401 \/(workspace-api\/viewer|v3)\/maps\//],
  })
  const title = (text: string) => reader.page.getByRole('heading', { level: 1, name: text }).waitFor()
  await reader.page.goto(`/map/${mapId}`)
  await title('This map has a password')
  await judge(reader.page, 'password')
  await unlock(reader.page, 'open barley')
  await reader.page.getByText('This is not the password of the map;').waitFor()
  await unlock(reader.page, LINK_PASSWORD)
  await title('Harbours')

  await admin.page.locator('[title="Rename map"]').click()
  await admin.page.getByLabel('Map title').fill('Ports')
  await admin.page.keyboard.press('Enter')
  await admin.page.getByText('Unpublished changes').waitFor()
  await judge(admin.page, 'unpublished')
  await reader.page.reload()
  await unlock(reader.page, LINK_PASSWORD)
  await title('Harbours')
  // Whoever edits it meets the draft, and can look at what readers see.
  const own = (text: string) => admin.page.getByRole('heading', { level: 1, name: text }).waitFor()
  await admin.page.goto(`/map/${mapId}`)
  await own('Ports')
  await judge(admin.page, 'viewer-draft')
  await admin.page.getByRole('link', { name: 'Open published version' }).click()
  await own('Harbours')
  await judge(admin.page, 'viewer-published')
  await admin.page.getByRole('link', { name: 'Open draft' }).click()
  await own('Ports')
  await admin.page.goto('/maps')
  await admin.page.getByRole('img', { name: 'Unpublished changes' }).waitFor()
  await admin.page.getByRole('img', { name: 'Its public link asks for a password' }).waitFor()
  await judgePage(admin.page, 'publishing-maps')

  await admin.page.goto(`/maps/${mapId}`)
  await admin.page.getByRole('button', { name: 'Publish updates' }).click()
  await admin.page.getByText('Readers see your changes now.').waitFor()
  await reader.page.goto(`/embed/${mapId}`)
  await unlock(reader.page, LINK_PASSWORD)
  await title('Ports')
  expect(await reader.page.context().cookies()).toEqual([])
  expect([...admin.watch.problems(), ...reader.watch.problems()]).toEqual([])
}, 180_000)
