import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, startDirectory, type TestAuthority, type TestDirectory } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const ANN = 'uid=ann,ou=people,dc=example,dc=org'
const LDIF = `dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ${ANN}
objectClass: inetOrgPerson
cn: Ann Smith
sn: Smith
uid: ann
mail: ann@corp.example
userPassword: secret of ann

dn: cn=cartographers,dc=example,dc=org
objectClass: groupOfNames
cn: cartographers
member: ${ANN}
`

let folder: string
let authority: TestAuthority
let directory: TestDirectory
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graticule-ldap-'))
  authority = createAuthority(folder)
  const pair = authority.issue('localhost')
  directory = await startDirectory({ pair, certificateAuthority: authority.certificate, ldif: LDIF })
  const env = { GRATICULE_DEMO: 'off', INTERNAL_HOSTS: '127.0.0.1' }
  server = await startServer({ home: join(folder, 'home'), via: 'main', env })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.stop()
  await rm(folder, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `ldap-${name}`)

test('an admin adds a directory and tries it; then people come in with its names and passwords, into its groups', async () => {
  const admin = await openPage(browser, server.baseUrl)
  const { page } = admin
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/single-sign-on')
  await page.getByRole('button', { name: 'Add provider' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('LDAP', { exact: true }).click()
  const enter = (label: string, text: string) => dialog.getByRole('textbox', { name: label, exact: true }).fill(text)
  await enter('Name', 'Corp directory')
  await enter('Address of the directory', directory.secureUrl)
  await enter('Certificate of the authority (PEM)', authority.certificate)
  await enter('Login of this server (DN)', directory.adminDn)
  await enter('Password of this login', 'not that one')
  await enter('Where people are (base DN)', directory.baseDn)
  await dialog.getByLabel('E-mail domains').first().fill('corp.example')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('does not let cn=admin,dc=example,dc=org in').waitFor()
  await dialog.getByRole('switch', { name: 'Its e-mail addresses are verified' }).check()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await dialog.getByText('Its e-mail addresses are verified').scrollIntoViewIfNeeded()
    await judge(page, `dialog-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  await enter('Password of this login', directory.adminPassword)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Not tested').waitFor()
  await page.getByRole('button', { name: 'Test login' }).click()
  await page.getByLabel('Name in the directory').fill('ann')
  await page.getByRole('textbox', { name: 'Password' }).fill('secret of ann')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByText('The test login succeeded.').waitFor()
  await page.getByRole('button', { name: 'What to do with Corp directory' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const statement = page.getByRole('dialog').getByRole('switch', { name: 'Its e-mail addresses are verified' })
  expect(await statement.isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Cancel' }).click()

  const visitor = await openPage(browser, server.baseUrl, { expectedRefusals: [/^401 \/auth\/ldap\//] })
  await visitor.page.goto('/connections')
  await visitor.page.getByRole('link', { name: 'Sign in with Corp directory' }).click()
  await visitor.page.getByText('Enter the name and password that you have at Corp directory.').waitFor()
  for (const { look, ...options } of LOOKS) {
    await visitor.page.emulateMedia({ colorScheme: options.colorScheme })
    await visitor.page.setViewportSize(options)
    await judge(visitor.page, `sign-in-${look}`)
  }
  await visitor.page.setViewportSize({ width: 1280, height: 720 })
  await visitor.page.getByLabel('Name in the directory').fill('ann')
  await visitor.page.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await visitor.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await visitor.page.getByText('The name or the password is wrong.').waitFor()
  await visitor.page.getByRole('textbox', { name: 'Password' }).fill('secret of ann')
  await visitor.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await visitor.page.waitForURL('**/connections')
  await visitor.page.getByRole('button', { name: /Ann Smith/ }).waitFor()
  await page.goto('/settings/groups')
  await page.getByText('cartographers').waitFor()
  expect(visitor.watch.problems()).toEqual([])
  await visitor.close()

  await page.goto('/settings/scim')
  const ofDirectory = page.getByRole('switch', { name: 'The e-mail addresses of this directory are verified' })
  await ofDirectory.waitFor({ state: 'attached' })
  expect(await ofDirectory.isChecked()).toBe(false)
  await ofDirectory.click()
  await page.getByText('The settings of SCIM were saved.').waitFor()
  expect(await ofDirectory.isChecked()).toBe(true)
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `scim-statement-${look}`, { fullPage: true })
  }
  await admin.close()
}, 180_000)
