import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const SUPPORT = 'sid@vendor.example'

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-support-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
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
    // Anew, because colours fade from one look to the other.
    await page.reload()
    await page.waitForLoadState('networkidle')
    await judgePage(page, `support-${name}-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

test('an admin enables support access, its person comes by link and second factor, sees what it is, and is out when it is revoked', async () => {
  const { page: admin } = await openPage(browser, server.baseUrl)
  await signInThroughForm(admin, ADMIN)
  await admin.goto('/settings/support-access')
  await admin.getByText('Support access was never enabled before.').waitFor()
  await admin.getByRole('button', { name: 'Enable support access' }).click()
  await admin.getByText('Tick this to enable support access.').waitFor()
  await judgePage(admin, 'support-enable')
  await admin.getByLabel('Support people').fill(SUPPORT)
  await admin.getByLabel('Reason').fill('The map of rivers draws nothing.')
  await admin.getByRole('checkbox', { name: /^I agree/ }).check()
  await admin.getByRole('button', { name: 'Enable support access' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Pass on this link' })
  const link = await dialog.getByLabel(`Link for ${SUPPORT}`).inputValue()
  await judgePage(admin, 'support-link')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await admin.getByRole('heading', { name: 'Support access is enabled' }).waitFor()
  await judgePage(admin, 'support-active')

  const { page: support } = await openPage(browser, server.baseUrl, {
    expectedRefusals: [/^401 \//],
  })
  await support.goto(link)
  await judgePage(support, 'support-enter')
  await support.getByRole('button', { name: 'Sign in' }).click()
  await support.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
  await support.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const key = (await support.getByText(/^(?:[A-Z2-7]{4} ?){8}$/).textContent()) ?? ''
  const code = new TOTP({ secret: key.replace(/\s/g, '') }).generate()
  await support.getByLabel('Code of the app').fill(code)
  await support.getByRole('button', { name: 'Confirm' }).click()
  await support.getByRole('button', { name: 'I have kept them' }).click()
  await support.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await support.getByText(/^Support access until /).waitFor()
  await support.goto('/settings/users')
  await support.getByRole('cell', { name: /sid@vendor\.example You Support/ }).waitFor()
  await judge(support, 'users')
  await support.goto('/settings/support-access')
  await support.getByText('Support access cannot manage support access;').waitFor()

  await admin.reload()
  await admin.getByRole('button', { name: 'Revoke support access' }).click()
  const revoke = admin.getByRole('dialog', { name: 'Revoke support access?' })
  await revoke.getByText(`${SUPPORT}: deleted and signed out.`).waitFor()
  await judgePage(admin, 'support-revoke')
  await revoke.getByRole('button', { name: 'Revoke support access' }).click()
  await admin.getByRole('listitem').getByText('Revoked by Ada').waitFor()
  await judge(admin, 'history')

  await support.goto('/')
  await support.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  await support.goto(link)
  await support.getByRole('button', { name: 'Sign in' }).click()
  await support.getByRole('alert').getByText('This link is no longer valid: it works once;').waitFor()
  await support.context().close()
  await admin.context().close()
}, 120_000)
