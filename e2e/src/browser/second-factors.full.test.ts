import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { openPage, sidewaysOverflow, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const LOOKS = [
  { look: 'light', width: 1280, height: 720, colorScheme: 'light' },
  { look: 'dark', width: 1280, height: 720, colorScheme: 'dark' },
  { look: 'narrow', width: 390, height: 844, colorScheme: 'light' },
] as const

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-factors-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  const token = /\/setup\?token=([\w-]+)/.exec(server.output())?.[1]
  const answer = await fetch(`${server.baseUrl}/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, organizationName: 'Corp', name: 'Ada', ...ADMIN }),
  })
  expect(answer.status).toBe(200)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

async function judge(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: artifactPath(`factors-${name}.png`) })
  expect(await sidewaysOverflow(page)).toBe(0)
  expect(await findAccessibilityProblems(page)).toEqual([])
}

/** A code that was not used yet: of this period, or of the next one, which is accepted early. */
function codeOf(secret: string, periodsAhead = 0): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + periodsAhead * 30_000 })
}

test('an authenticator app is set up in the profile and asked for at the next sign-in; a recovery code stands in for it', async () => {
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'Second factor' }).waitFor()
  await page.getByRole('button', { name: 'Set up' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Your password' }).fill(ADMIN.password)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await judge(page, 'totp-dialog')
  const key = (await dialog.getByText(/^(?:[A-Z2-7]{4} ?){8}$/).textContent()) ?? ''
  const secret = key.replace(/\s/g, '')
  await dialog.getByLabel('Code of the app').fill(codeOf(secret))
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const codes = await dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents()
  expect(codes).toHaveLength(10)
  await judge(page, 'recovery-codes')
  await dialog.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('10 of 10 left').waitFor()
  await close()

  for (const { look, ...options } of LOOKS) {
    const fresh = await openPage(browser, server.baseUrl, {
      ...options,
      expectedRefusals: [/^401 \/auth\/second-step$/],
    })
    await signInThroughForm(fresh.page, ADMIN)
    await fresh.page.getByRole('heading', { name: 'One more step' }).waitFor()
    await judge(fresh.page, `second-step-${look}`)
    if (look === 'light') {
      await fresh.page.getByLabel('Code of the app').fill(codeOf(secret))
      await fresh.page.getByRole('button', { name: 'Sign in' }).click()
      await fresh.page.getByText('This code is wrong, or was used already.').waitFor()
      await fresh.page.getByLabel('Code of the app').fill(codeOf(secret, 1))
    } else {
      await fresh.page.getByRole('button', { name: 'Use a recovery code instead' }).click()
      await fresh.page.getByLabel('Recovery code').fill(codes[look === 'dark' ? 0 : 1] ?? '')
    }
    await fresh.page.getByRole('button', { name: 'Sign in' }).click()
    await fresh.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await fresh.page.goto('/settings')
    await fresh.page.getByText(/of 10 left/).waitFor()
    await judge(fresh.page, `profile-${look}`)
    await fresh.page.goto('/settings/organization')
    await fresh.page.getByText('Everybody needs a second factor').waitFor()
    await judge(fresh.page, `organization-${look}`)
    await fresh.close()
  }
}, 180_000)
