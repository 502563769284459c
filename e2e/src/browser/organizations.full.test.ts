import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-organizations-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `organizations-${name}`)

test('an admin claims a domain, is told what DNS lacks, and deletes the organization after typing its name', async () => {
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/organization')
  await page.getByText('This needs a mail server').waitFor()
  await page.getByLabel('Add a domain').fill('gmail.com')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('Anybody can get an e-mail at gmail.com').waitFor()
  await page.getByLabel('Add a domain').fill('corp.invalid')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  expect(await page.getByLabel('Name of the record').inputValue()).toBe('_graticule.corp.invalid')
  await page.getByRole('button', { name: 'Verify corp.invalid' }).click()
  await page.getByText(/DNS does not show the TXT record|No name server answered/).waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.getByRole('heading', { name: 'Domains' }).scrollIntoViewIfNeeded()
    await judge(page, `settings-${look}`)
  }
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Delete the organization' })
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByLabel('Type “Corp” to confirm').fill('corp')
  expect(await confirm.isDisabled()).toBe(true)
  await judge(page, 'delete-dialog')
  await dialog.getByLabel('Type “Corp” to confirm').fill('Corp')
  await confirm.click()
  await page.waitForURL('**/sign-in')
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('The e-mail or the password is wrong.').waitFor()
  await close()
}, 120_000)
