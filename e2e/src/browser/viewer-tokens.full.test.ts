import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionSummary, IdentityProviderSummary, MapDetail } from '@graticule/contract'
import {
  findFreePort,
  type RowSecurityWarehouse,
  startOidcProvider,
  startRowSecurityWarehouse,
  startTokenDirectory,
  type TestOidcProvider,
  type TokenDirectory,
} from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { storesMap } from '../harness/stores-map.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, settled, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const SECRET = 'the client secret of a test, which is long enough'
const PER_REGION = 300

let home: string
let server: RunningServer
let idp: TestOidcProvider
let directory: TokenDirectory
let warehouse: RowSecurityWarehouse
let browser: Browser
let place: string
let mapId: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-tokens-'))
  const port = await findFreePort()
  server = await startServer({ home, via: 'main', port, env: { GRATICULE_DEMO: 'off' } })
  const redirect = `http://127.0.0.1:${port}/auth/oidc/callback`
  const client = { client_id: 'graticule', client_secret: SECRET, redirect_uris: [redirect] }
  idp = await startOidcProvider({ clients: [{ ...client, grant_types: ['authorization_code', 'refresh_token'] }] })
  directory = await startTokenDirectory(idp.issuer)
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION, ssl: true })
  const { database, host, port: databasePort } = warehouse.database
  place = `${host}:${databasePort}`
  await warehouse.query('CREATE ROLE graticule_viewers NOLOGIN')
  await warehouse.query('GRANT graticule_viewers TO alice')
  const ldap = `ldapserver=127.0.0.1 ldapport=${directory.port} ldapprefix="uid=" ldapsuffix=",ou=people"`
  await warehouse.putHostRules([`hostssl  "${database}"  +graticule_viewers  all  ldap  ${ldap}`])
  await setUpOrganization(server, ADMIN)
  const admin = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const provider = { kind: 'oidc', name: 'Corp login', issuer: idp.issuer, clientId: 'graticule', clientSecret: SECRET }
  const domains = ['corp.example']
  await admin.call<IdentityProviderSummary>('POST', '/workspace-api/identity-providers', { ...provider, domains })
  const draft = { name: 'shops', providerId: 'postgres', config: warehouse.config('author'), privacy: 'shared' }
  await admin.call<ConnectionSummary>('POST', '/v3/connections', draft)
  const document = storesMap('Stores by token', 'shops')
  mapId = (await admin.call<MapDetail>('POST', '/workspace-api/maps', { document })).id
  await admin.call('PUT', `/workspace-api/maps/${mapId}/sharing`, { privacy: 'shared' })
  browser = await launchChromium()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await Promise.all([idp?.stop(), directory?.stop(), warehouse?.stop()])
  await rm(home, { recursive: true, force: true })
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
    await page.setViewportSize(shape)
    await page.emulateMedia({ colorScheme: shape.colorScheme })
    await judgePage(page, `token-${name}-${look}`)
  }
}

test('an admin names the database and lets each person in with a token; who came before that signs in again from the map', async () => {
  const alice = await openPage(browser, server.baseUrl, {
    origins: [idp.issuer],
    expectedRefusals: [/^403 \/v3\/(maps|sql|stats)\//],
  })
  const claims = { email: 'alice@corp.example', email_verified: true, name: 'Alice', preferred_username: 'alice' }
  await idp.instruct({ login: { sub: 'alice', claims } })
  await alice.page.goto('/sign-in')
  await alice.page.getByRole('link', { name: 'Sign in with Corp login' }).click()
  await alice.page.getByRole('button', { name: /Alice/ }).waitFor()

  const { close, page, watch } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/single-sign-on')
  await page.getByRole('button', { name: 'What to do with Corp login' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const provider = page.getByRole('dialog')
  const places = provider.getByRole('combobox', { name: /^Databases that take its tokens/ })
  await places.fill('no place')
  await places.press('Enter')
  await provider.getByRole('button', { name: 'Save' }).click()
  await provider.getByText('Enter each database as host:port').waitFor()
  await judge(page, 'provider')
  await places.press('Backspace')
  await places.press('Backspace')
  await places.fill(place)
  await places.press('Enter')
  await provider.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Corp login was saved.').waitFor()

  await page.goto('/connections')
  await page.getByRole('button', { name: 'Actions for shops' }).click()
  await page.getByRole('menuitem', { name: 'Share connection' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^Each person’s token of single sign-on/ }).click()
  const settings = dialog.getByRole('region', { name: 'Which token is sent, and as whom' })
  await settings.getByText(/^hostssl .* {2}ldap {2}ldapurl=/).waitFor()
  await dialog.getByText(/let in with a token, and sees? nothing until the database takes/).waitFor()
  await judge(page, 'choice')
  await dialog.getByRole('button', { name: 'Let each person in with a token' }).click()
  await page.getByText('Everybody is let in at “shops” with a token of their own.').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('row').filter({ hasText: 'shops' }).getByText('Own tokens').waitFor()
  expect(watch.problems()).toEqual([])
  await close()

  await alice.page.goto(`/map/${mapId}`)
  const banner = alice.page.getByRole('region', { name: 'Database logins' })
  const again = banner.getByRole('link', { name: 'Sign in again' })
  await again.waitFor()
  await banner.getByText(/sign in again to see the data of "shops"/).waitFor()
  await settled(alice.page)
  await judge(alice.page, 'again')
  await again.click()
  const count = alice.page.getByRole('status', { name: 'Stores', exact: true })
  await count.getByText(String(PER_REGION), { exact: true }).waitFor()
  await banner.waitFor({ state: 'detached' })
  await settled(alice.page)
  expect(directory.output()).toContain('bind of alice: 0')
  expect(new Set((await warehouse.loggedStatements('alice')).map(({ user }) => user))).toEqual(new Set(['alice']))
  expect(alice.watch.problems()).toEqual([])
  await alice.close()
}, 180_000)
