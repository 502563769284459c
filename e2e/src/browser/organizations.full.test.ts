import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type TestPostgres } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { REPOSITORY } from '../harness/repository.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const SERVER_CLI = join(REPOSITORY, 'apps/server/src/cli.ts')
const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }

let home: string
let server: RunningServer
let browser: Browser
let postgres: TestPostgres

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-organizations-'))
  // The operator's commands work beside a server on a database of its own.
  postgres = await startPostgres()
  const env = { GRATICULE_DEMO: 'off', DATABASE_URL: postgres.connectionString }
  server = await startServer({ home, via: 'main', env })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await postgres?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `organizations-${name}`)

test('the operator’s link creates a second organization, and who is in both chooses where to enter', async () => {
  const command = ['organization', 'create', 'Meridian', '--admin-email', ADMIN.email]
  const env = { PATH: process.env.PATH, GRATICULE_HOME: home, DATABASE_URL: postgres.connectionString }
  const said = execFileSync(process.execPath, [SERVER_CLI, ...command], { env, encoding: 'utf8' })
  const { page, watch, close } = await openPage(browser, server.baseUrl)
  await page.goto(/\/setup\?token=[\w-]+/.exec(said)?.[0] ?? '')
  await page.getByText('the organization is yours').waitFor()
  await judge(page, 'create')
  await page.getByLabel('Your name').fill('Ada of Meridian')
  await page.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Create organization' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await page.getByRole('button', { name: /Ada of Meridian/ }).waitFor()
  await close()

  const again = await openPage(browser, server.baseUrl)
  await again.page.goto('/sign-in')
  await again.page.getByLabel('E-mail').fill(ADMIN.email)
  await again.page.getByRole('textbox', { name: 'Password' }).fill(ADMIN.password)
  await again.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await again.page.getByText('Where do you want to sign in?').waitFor()
  for (const { look, ...options } of LOOKS) {
    await again.page.emulateMedia({ colorScheme: options.colorScheme })
    await again.page.setViewportSize(options)
    await judge(again.page, `choose-${look}`)
  }
  await again.page.setViewportSize({ width: 1280, height: 720 })
  await again.page.getByRole('button', { name: 'Meridian' }).click()
  await again.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await again.page.goto('/settings/organization')
  await expect.poll(() => again.page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('Meridian')
  expect([...watch.problems(), ...again.watch.problems()]).toEqual([])
  // So that the next test has one organization to sign in to.
  await again.page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = again.page.getByRole('dialog')
  await dialog.getByLabel('Type “Meridian” to confirm').fill('Meridian')
  await dialog.getByRole('button', { name: 'Delete the organization' }).click()
  await again.page.waitForURL('**/sign-in')
  await again.close()
}, 120_000)

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
