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
const VIEWER = { email: 'vic@corp.example', password: 'correct horse battery' }

let home: string
let server: RunningServer
let browser: Browser
let admin: WorkspaceClient

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-projects-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
  admin = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const sent = await admin.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', {
    emails: [VIEWER.email],
    role: 'viewer',
  })
  const token = new URL(sent.results[0]?.link ?? '').hash.slice(1)
  await admin.call('POST', '/auth/invitation', { token, name: 'Vic', password: VIEWER.password })
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `projects-${name}`)

test('a project is made, filled and shared; its reader finds what is inside and knows why', async () => {
  await admin.call('POST', '/workspace-api/maps', { title: 'Floods' })
  await admin.call('POST', '/workspace-api/workflows', { title: 'Clean up' })
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/projects')
  await page.getByText('No projects yet').waitFor()
  await judge(page, 'empty')
  await page.getByRole('button', { name: 'New project' }).first().click()
  await page.getByLabel('Name').fill('Rivers')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Rivers' }).waitFor()
  await page.getByRole('button', { name: 'New subfolder' }).click()
  await page.getByLabel('Name').fill('Lower Rhine')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('navigation', { name: 'Where this is' }).getByText('Rivers').waitFor()

  await page.goto('/maps?view=table')
  await page.getByRole('button', { name: 'Actions for Floods' }).click()
  await page.getByRole('menuitem', { name: 'Move to project…' }).click()
  await page.getByRole('combobox', { name: 'Where to' }).click()
  await page.getByRole('option', { name: 'Rivers / Lower Rhine' }).click()
  await page.getByText('Nobody in the organization gains or loses access.').waitFor()
  await page.getByRole('button', { name: 'Move', exact: true }).click()
  await page.getByText('1 item is in Rivers / Lower Rhine now.').waitFor()
  await page.goto('/workflows')
  await page.getByRole('button', { name: 'Actions for Clean up' }).click()
  await page.getByRole('menuitem', { name: 'Move to project…' }).click()
  await page.getByRole('combobox', { name: 'Where to' }).click()
  await page.getByRole('option', { name: 'Rivers', exact: true }).click()
  await page.getByRole('button', { name: 'Move', exact: true }).click()

  await page.goto('/projects')
  await page.getByRole('button', { name: 'Actions for Rivers' }).click()
  await page.getByRole('menuitem', { name: 'Share project' }).click()
  await page.getByRole('radio', { name: /Organization/ }).click()
  await page.getByText('1 person gains access: Vic.').waitFor()
  await page.getByRole('button', { name: 'Share with organization' }).click()
  await page.getByRole('button', { name: '2 people have access', exact: true }).waitFor()
  await judge(page, 'share')

  // The map itself is private, and its card says through which project others get it.
  await page.goto('/maps?view=table')
  const row = page.getByRole('row', { name: /Floods/ })
  await row.getByText('Shared through project Rivers').waitFor()
  await row.getByRole('button', { name: '2 people have access to Floods' }).waitFor()
  await judge(page, 'shared-through')
  await page.getByRole('button', { name: 'Actions for Floods' }).click()
  await page.getByRole('menuitem', { name: 'Move to project…' }).click()
  await page.getByRole('combobox', { name: 'Where to' }).click()
  await page.getByRole('option', { name: 'No project' }).click()
  await page.getByText('1 person loses access: Vic.').waitFor()
  await judge(page, 'move')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Actions for Floods' }).click()
  await page.getByRole('menuitem', { name: /^Share/ }).click()
  await page.getByText('through the project “Rivers”: everybody of the organization except guests').waitFor()
  expect(await page.getByRole('button', { name: 'Copy link' }).isEnabled()).toBe(true)
  await judge(page, 'inherited')
  await close()

  const viewer = await openPage(browser, server.baseUrl)
  await signInThroughForm(viewer.page, VIEWER)
  await viewer.page.goto('/projects')
  await viewer.page.getByRole('link', { name: 'Rivers' }).click()
  await viewer.page.getByRole('link', { name: 'Clean up' }).waitFor()
  for (const { look, ...options } of LOOKS) {
    await viewer.page.emulateMedia({ colorScheme: options.colorScheme })
    await viewer.page.setViewportSize(options)
    await viewer.page.reload()
    await viewer.page.getByRole('link', { name: 'Lower Rhine' }).waitFor()
    await judge(viewer.page, `inside-${look}`)
  }
  await viewer.page.getByRole('link', { name: 'Lower Rhine' }).click()
  await viewer.page.getByRole('link', { name: /Floods/ }).waitFor()
  expect(await viewer.page.getByRole('button', { name: 'New subfolder' }).count()).toBe(0)
  await viewer.close()
}, 180_000)

test('a deleted project is found in the trash, and its restoration names who gains before it is confirmed', async () => {
  // The map and the workflow of the test before are in it, and everybody opens them through it.
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/projects')
  await page.getByRole('button', { name: 'Actions for Rivers' }).click()
  await page.getByRole('menuitem', { name: 'Delete project' }).click()
  await page.getByText('The project rests in Settings → Trash for 30 days.').waitFor()
  await judge(page, 'delete')
  await page.getByRole('button', { name: 'Delete project' }).click()
  await page.getByText('No projects yet').waitFor()

  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.goto('/settings/trash')
    const row = page.getByRole('row', { name: /Rivers/ })
    await row.getByText('1 subfolder, 2 maps and workflows').waitFor()
    await row.getByText('Project', { exact: true }).waitFor()
    await judge(page, `trash-${look}`)
    await page.getByRole('button', { name: 'Restore Rivers' }).click()
    await page.getByText('Nobody in the organization gains or loses access.').waitFor()
    await page.getByRole('radio', { name: /As before/ }).click()
    await page.getByText('1 person gains access: Vic.').waitFor()
    await page.getByText('2 maps and workflows go back in.').waitFor()
    await judge(page, `restore-${look}`)
    await page.getByRole('button', { name: 'Cancel' }).click()
  }
  await page.getByRole('button', { name: 'Restore Rivers' }).click()
  await page.getByRole('radio', { name: /As before/ }).click()
  await page.getByText('1 person gains access: Vic.').waitFor()
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('“Rivers” was restored.').waitFor()
  await page.getByText('The trash is empty').waitFor()
  await close()

  const viewer = await openPage(browser, server.baseUrl)
  await signInThroughForm(viewer.page, VIEWER)
  await viewer.page.goto('/projects')
  await viewer.page.getByRole('link', { name: 'Rivers' }).click()
  await viewer.page.getByRole('link', { name: 'Lower Rhine' }).click()
  await viewer.page.getByRole('link', { name: /Floods/ }).waitFor()
  await viewer.close()
}, 180_000)

test('a shortcut is put into a project, leads to its place, and is shown to nobody who may not see what it points to', async () => {
  // The project of the tests before has the organization as its reader, and the map Floods in its subfolder.
  await admin.call('POST', '/workspace-api/maps', { title: 'Dams' })
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/projects')
  await page.getByRole('link', { name: 'Rivers' }).click()
  await page.getByRole('link', { name: 'Lower Rhine' }).waitFor()
  // By the keyboard alone.
  await page.getByRole('button', { name: 'Add shortcut' }).press('Enter')
  const target = page.getByRole('combobox', { name: 'What it points to' })
  await page.getByRole('option', { name: 'Dams' }).waitFor()
  expect(await page.getByRole('option', { name: 'Clean up' }).count()).toBe(0)
  await target.pressSequentially('Dam')
  await page.getByRole('option', { name: 'Floods' }).waitFor({ state: 'hidden' })
  await judge(page, 'shortcut-add')
  await target.press('ArrowDown')
  await target.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Add shortcut' }).press('Enter')
  await page.getByText('A shortcut to “Dams” is in Rivers.').waitFor()
  const shortcuts = page.getByRole('region', { name: 'Shortcuts' })
  await shortcuts.getByRole('link', { name: 'Dams' }).waitFor()

  await page.goto('/maps?view=table')
  await page.getByRole('button', { name: 'Actions for Floods' }).click()
  await page.getByRole('menuitem', { name: 'Add shortcut to project…' }).click()
  await page.getByRole('combobox', { name: 'In which project' }).click()
  await page.getByRole('option', { name: 'Rivers', exact: true }).click()
  expect(await page.getByRole('option', { name: 'Rivers / Lower Rhine' }).count()).toBe(0)
  await judge(page, 'shortcut-place')
  await page.getByRole('dialog').getByRole('button', { name: 'Add shortcut' }).click()
  await page.getByText('A shortcut to “Floods” is in Rivers.').waitFor()

  await page.goto('/projects')
  await page.getByRole('link', { name: 'Rivers' }).click()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.reload()
    await shortcuts.getByRole('row', { name: /Shortcut Floods Map Lower Rhine/ }).waitFor()
    await shortcuts.getByRole('row', { name: /Shortcut Dams Map In no project/ }).waitFor()
    await judge(page, `shortcuts-${look}`)
  }
  await page.getByRole('button', { name: 'Actions for the shortcut to Floods' }).click()
  await page.getByRole('menuitem', { name: 'Go to its place' }).click()
  await page.getByRole('heading', { name: 'Lower Rhine' }).waitFor()

  const viewer = await openPage(browser, server.baseUrl)
  await signInThroughForm(viewer.page, VIEWER)
  await viewer.page.goto('/projects')
  await viewer.page.getByRole('link', { name: 'Rivers' }).click()
  const theirs = viewer.page.getByRole('region', { name: 'Shortcuts' })
  await theirs.getByRole('link', { name: 'Floods' }).waitFor()
  expect(await viewer.page.getByText('Dams').count()).toBe(0)
  expect(await viewer.page.getByRole('button', { name: 'Add shortcut' }).count()).toBe(0)
  await viewer.close()

  await page.goBack()
  await page.getByRole('button', { name: 'Actions for the shortcut to Dams' }).click()
  await page.getByRole('menuitem', { name: 'Remove shortcut' }).click()
  await page.getByText('The shortcut to “Dams” was removed').waitFor()
  await shortcuts.getByRole('link', { name: 'Dams' }).waitFor({ state: 'detached' })
  await shortcuts.getByRole('link', { name: 'Floods' }).click()
  await page.waitForURL(/\/maps\//)
  await close()
}, 180_000)
