import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
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
/** Of the admin, once they have set up an authenticator app. */
let recoveryCodes: readonly string[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-factors-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `factors-${name}`)

/** The code of this period, or of a later one: the next is accepted early. */
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
  const used = codeOf(secret)
  await dialog.getByLabel('Code of the app').fill(used)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const list = dialog.getByRole('list', { name: 'Recovery codes' })
  await list.waitFor()
  const codes = await list.getByRole('listitem').allTextContents()
  expect(codes).toHaveLength(10)
  recoveryCodes = codes
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
      await fresh.page.getByLabel('Code of the app').fill(used)
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
    await fresh.page.getByRole('form', { name: 'Sessions' }).scrollIntoViewIfNeeded()
    await judge(fresh.page, `organization-${look}`)
    await fresh.page.goto('/settings/sessions')
    await fresh.page.getByText('Ends unused').first().waitFor()
    await judge(fresh.page, `sessions-${look}`)
    await fresh.close()
  }
}, 180_000)

test('passkeys sign in by themselves, prove the second step, and are made on the way in where everybody needs a factor', async () => {
  // Passkeys belong to a host name.
  const named = server.baseUrl.replace('127.0.0.1', 'localhost')
  const { page, close } = await openPage(browser, named)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.context().clearCookies()
  const invited = await inviteEditor(named)
  await page.goto(`/invitation#${invited.token}`)
  await page.getByLabel('Your name').fill('Ben')
  await page.getByRole('textbox', { name: 'Password' }).fill(invited.password)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
  await judge(page, 'enrol')
  await page.getByRole('button', { name: 'Make a passkey' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

  await page.goto('/settings')
  await page.getByRole('button', { name: 'Add passkey' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Second')
  await dialog.getByRole('textbox', { name: 'Your password' }).fill(invited.password)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  // The authenticator knows that it has one already.
  await dialog.getByText('This device has a passkey of yours for Graticule already.').waitFor()
  await judge(page, 'add-passkey')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('list', { name: 'Passkeys' }).scrollIntoViewIfNeeded()
  await judge(page, 'passkeys')

  await page.context().clearCookies()
  await page.goto('/sign-in')
  await judge(page, 'sign-in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()

  await page.context().clearCookies()
  await signInThroughForm(page, invited)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await close()
}, 180_000)

/** Asks everybody for a second factor and invites somebody, as an admin in another organization of this browser would. */
async function inviteEditor(origin: string): Promise<{ email: string; password: string; token: string }> {
  const cookie = await signInWithCode(origin)
  const call = async (method: string, path: string, body: object) => {
    const headers = { cookie, origin, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const answer = await fetch(`${origin}${path}`, { method, headers, body: JSON.stringify(body) })
    expect(answer.ok, path).toBe(true)
    return (await answer.json()) as { results: { link: string }[] }
  }
  await call('PATCH', '/workspace-api/organization', { secondFactorRequired: true })
  const email = 'ben@corp.example'
  const { results } = await call('POST', '/workspace-api/invitations', { emails: [email], role: 'editor' })
  return { email, password: 'staple battery horse', token: new URL(results[0]?.link ?? origin).hash.slice(1) }
}

/** A session of the admin, whom a recovery code lets in. */
async function signInWithCode(origin: string): Promise<string> {
  const post = (path: string, body: object, cookie = '') =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(body),
    })
  const cookieOf = (answer: Response, name: string) =>
    answer.headers
      .getSetCookie()
      .find((text) => text.startsWith(`${name}=g`))
      ?.split(';', 1)[0] ?? ''
  const half = cookieOf(await post('/auth/sign-in', ADMIN), 'graticule_second_step')
  const proof = { kind: 'recovery-code', code: recoveryCodes[2] }
  return cookieOf(await post('/auth/second-step', { proof }, half), 'graticule_session')
}
