import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { setUpAuthenticatorApp } from '../harness/second-factor.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const SECRET = 'the client secret of a test, which is long enough'

let home: string
let server: RunningServer
let idp: TestOidcProvider
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-sso-'))
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  server = await startServer({ home, via: 'main', port, env: { GRATICULE_DEMO: 'off' } })
  const client = {
    client_id: 'graticule',
    client_secret: SECRET,
    redirect_uris: [`${origin}/auth/oidc/callback`],
    post_logout_redirect_uris: [`${origin}/sign-in`],
  }
  idp = await startOidcProvider({ clients: [client] })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await idp?.stop()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `sso-${name}`)

test('an admin adds a provider, tests it and refuses passwords; then people come in through it alone, into their groups', async () => {
  const { page, close } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await setUpAuthenticatorApp(server.baseUrl, ADMIN)
  await page.goto('/settings/single-sign-on')
  await page.getByText('No identity provider yet').waitFor()
  expect(await page.getByRole('button', { name: 'Refuse passwords' }).isDisabled()).toBe(true)
  await judge(page, 'empty')

  await page.getByRole('button', { name: 'Add provider' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Corp login')
  await dialog.getByLabel('Issuer').fill('http://127.0.0.1:1')
  await dialog.getByLabel('Client id').fill('graticule')
  await dialog.getByRole('textbox', { name: 'Client secret' }).fill(SECRET)
  await dialog.getByLabel('E-mail domains').first().fill('corp.example')
  await dialog.getByLabel('Claim with the groups').fill('groups')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('could not be reached').waitFor()
  await judge(page, 'dialog')
  await dialog.getByLabel('Issuer').fill(idp.issuer)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Not tested').waitFor()

  await idp.instruct({ login: null })
  await page.getByRole('button', { name: 'Test login' }).click()
  await page.getByText('The test login did not succeed').waitFor()
  const claims = { email: 'alice@corp.example', name: 'Alice', groups: ['Sales'] }
  await idp.instruct({ login: { sub: 'alice', claims } })
  await page.getByRole('button', { name: 'Test login' }).click()
  await page.getByText('The test login succeeded.').waitFor()
  await page.getByRole('button', { name: 'Refuse passwords' }).click()
  await page.getByText('Single sign-on is a must').waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await page.reload()
    await page.getByText('Single sign-on is a must').waitFor()
    await judge(page, `settings-${look}`)
  }

  const visitor = await openPage(browser, server.baseUrl)
  for (const { look, ...options } of LOOKS) {
    await visitor.page.emulateMedia({ colorScheme: options.colorScheme })
    await visitor.page.setViewportSize(options)
    await visitor.page.goto('/sign-in?problem=email_taken')
    await visitor.page.getByRole('link', { name: 'Sign in with Corp login' }).waitFor()
    await judge(visitor.page, `sign-in-${look}`)
  }
  await visitor.page.goto('/connections')
  await visitor.page.getByRole('link', { name: 'Sign in with Corp login' }).click()
  await visitor.page.waitForURL('**/connections')

  await page.goto('/settings/groups')
  await page.getByText('Sales').waitFor()
  await page.evaluate(shareWithTheOnlyGroup, 'Plans of sales')
  await close()
  await visitor.page.goto('/maps')
  await visitor.page.getByRole('link', { name: 'Open Plans of sales' }).waitFor()

  await visitor.page.getByRole('button', { name: /Alice/ }).click()
  await visitor.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await visitor.page.waitForURL(`${idp.issuer}/**`)
  await visitor.close()
}, 180_000)

/** Runs in the page of somebody who may make maps and list groups: makes a map and shares it with the group there is. */
async function shareWithTheOnlyGroup(title: string): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const answer = await fetch(path, init)
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
  const { groups } = await send('GET', '/workspace-api/groups')
  const { id } = await send('POST', '/workspace-api/maps', { title })
  await send('PUT', `/workspace-api/maps/${id}/sharing`, { privacy: 'shared', groupIds: [groups[0].id] })
}
