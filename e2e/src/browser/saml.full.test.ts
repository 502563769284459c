import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startSamlProvider, type TestSamlProvider } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { setUpAuthenticatorApp } from '../harness/second-factor.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const ALICE = { nameId: 'alice-1', attributes: { mail: ['alice@corp.example'], displayName: ['Alice'] } }

let home: string
let server: RunningServer
let idp: TestSamlProvider
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-saml-'))
  const port = await findFreePort()
  server = await startServer({ home, via: 'main', port, env: { GRATICULE_DEMO: 'off', INTERNAL_HOSTS: '127.0.0.1' } })
  idp = await startSamlProvider()
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await idp?.stop()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `saml-${name}`, { fullPage: true })

test('an admin adds a SAML provider from its metadata and tests it; then people come in through it', async () => {
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await setUpAuthenticatorApp(server.baseUrl, ADMIN)
  await page.goto('/settings/single-sign-on')
  await page.getByRole('button', { name: 'Add provider' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('SAML 2.0').click()
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Corp login')
  await dialog.getByLabel('E-mail domains').first().fill('corp.example')
  await dialog.getByText('Metadata XML').click()
  await dialog.getByRole('textbox', { name: 'Metadata' }).fill('nonsense')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('This is not the XML of SAML metadata.').waitFor()
  await judge(page, 'dialog')
  await dialog.getByText('Metadata address').click()
  await dialog.getByLabel('Address of the metadata').fill(idp.metadataUrl)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Not tested').waitFor()

  await idp.instruct({ login: ALICE, fault: 'foreign-key' })
  await page.getByRole('button', { name: 'Test login' }).click()
  await page.getByText('The test login did not succeed').waitFor()
  await idp.instruct({ login: ALICE })
  await page.getByRole('button', { name: 'Test login' }).click()
  await page.getByText('The test login succeeded.').waitFor()
  await page.getByRole('button', { name: 'Refuse passwords' }).click()
  await page.getByText('Single sign-on is a must').waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.reload()
    await page.getByText('Download our metadata').waitFor()
    await judge(page, `settings-${look}`)
    await page.getByRole('button', { name: 'What to do with Corp login' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await page.getByLabel('Signing certificates').waitFor()
    await judge(page, `edit-${look}`)
    await page.keyboard.press('Escape')
  }
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download our metadata' }).click()
  expect((await download).suggestedFilename()).toBe('graticule-metadata.xml')
  await close()

  const visitor = await openPage(browser, server.baseUrl)
  await idp.instruct({ login: ALICE, fault: 'sha1' })
  await visitor.page.goto('/connections')
  await visitor.page.getByRole('link', { name: 'Sign in with Corp login' }).click()
  await visitor.page.getByText('too weak, such as SHA-1').waitFor()
  await idp.instruct({ login: ALICE })
  await visitor.page.getByRole('link', { name: 'Sign in with Corp login' }).click()
  await visitor.page.waitForURL('**/connections')
  await visitor.page.getByRole('button', { name: /Alice/ }).click()
  await visitor.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await visitor.page.waitForURL('**/sign-in*')
  await visitor.close()
}, 180_000)
