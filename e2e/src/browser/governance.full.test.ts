import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyMapDocument } from '@graticule/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const EDITOR = { email: 'eve@corp.example', password: 'correct horse stable' }
const VIEWER = { email: 'vic@corp.example', password: 'correct horse saddle' }
/** How many people a directory adds besides. */
const CROWD = 28

let home: string
let server: RunningServer
let browser: Browser
let mapId: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-governance-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
  const admin = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const invited = { emails: [EDITOR.email], role: 'editor' }
  const { results } = await admin.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', invited)
  const token = new URL(results[0]?.link ?? server.baseUrl).hash.slice(1)
  await admin.send('POST', '/auth/invitation', { token, name: 'Eve', password: EDITOR.password })
  const editor = await WorkspaceClient.signIn(server.baseUrl, EDITOR.email, EDITOR.password)
  const document = emptyMapDocument('Harbours')
  mapId = (await editor.call<{ id: string }>('POST', '/workspace-api/maps', { document })).id
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

test('an admin forbids public maps after a look at what follows, and an editor finds the choice disabled with the rule', async () => {
  const admin = await openPage(browser, server.baseUrl)
  const { page } = admin
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/governance')
  await page.getByRole('heading', { name: 'Whom new assets are shared with' }).waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `governance-${look}`, { fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field, exact: true }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await choose('Who makes maps public', 'Admins only')
  await choose('Who makes connections', 'Nobody')
  await page.getByRole('button', { name: 'Review changes' }).click()
  const plan = page.getByRole('dialog')
  await plan.getByText('Only admins can make maps public.').waitFor()
  await plan.getByText('1 person can do less: Eve').waitFor()
  await judgePage(page, 'governance-plan')
  await plan.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Governance saved').waitFor()

  const editor = await openPage(browser, server.baseUrl)
  await signInThroughForm(editor.page, EDITOR)
  await editor.page.goto(`/maps/${mapId}`)
  await editor.page.getByRole('button', { name: 'Share' }).click()
  const share = editor.page.getByRole('dialog')
  await share.getByText('Only admins can make maps public, by the policy').waitFor()
  expect(await share.getByRole('radio', { name: /^Public link/ }).isDisabled()).toBe(true)
  expect(await share.getByRole('radio', { name: /^Organization/ }).isDisabled()).toBe(false)
  await judgePage(editor.page, 'governance-share')
  await editor.page.goto('/connections')
  const add = editor.page.getByRole('button', { name: 'Add connection' }).first()
  await add.focus()
  await editor.page.getByText('Nobody can make connections, by the policy').waitFor()
  expect(await add.getAttribute('aria-disabled')).toBe('true')
  // A page without its right is absent.
  await editor.page.goto('/settings')
  await editor.page.getByRole('link', { name: 'Trash' }).waitFor()
  expect(await editor.page.getByRole('link', { name: 'Governance' }).count()).toBe(0)
  expect([...admin.watch.problems(), ...editor.watch.problems()]).toEqual([])
}, 120_000)

test('limits, seats and a second factor are looked at before they are saved: who loses what, by name', async () => {
  const { page, watch } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  const plan = page.getByRole('dialog', { name: /^What (this )?changes$/ })
  await page.goto('/settings/governance')
  await page.getByRole('link', { name: 'Settings → Quotas' }).click()
  const assets = page.getByRole('form', { name: 'Maps, applications and connections' })
  await assets.getByLabel('Maps at most', { exact: true }).fill('1')
  await assets.getByLabel('Applications at most').fill('3')
  await assets.getByLabel('Connections before a warning').fill('0')
  await assets.getByRole('button', { name: 'See what changes' }).click()
  await plan.getByText('There may be 1 map at most.').waitFor()
  await plan.getByText('There may be 3 applications at most.').waitFor()
  await plan.getByText('More than 0 connections bring a warning, and nothing is refused.').waitFor()
  await plan.getByRole('button', { name: 'Save changes' }).click()
  await plan.waitFor({ state: 'hidden' })
  await assets.getByText('1 of 1, none free').waitFor()
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `quotas-${look}`, { fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  const invited = await page.request.post('/workspace-api/invitations', {
    data: { emails: ['new@corp.example'], role: 'editor' },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(invited.ok()).toBe(true)
  const seats = page.getByRole('form', { name: 'Seats' })
  await seats.getByLabel('Editor seats at most').fill('2')
  await seats.getByRole('button', { name: 'See what changes' }).click()
  await plan.getByText('Cannot accept their invitation as editor, because no seat is free.').waitFor()
  await judgePage(page, 'quotas-plan')
  await plan.getByRole('button', { name: 'Cancel' }).click()
  await plan.waitFor({ state: 'hidden' })

  await page.goto('/settings/organization')
  const rules = page.getByRole('form', { name: 'Signing in' })
  await rules.getByRole('switch', { name: 'Everybody needs a second factor' }).click()
  await rules.getByRole('button', { name: 'See what changes' }).click()
  const lost = plan.getByRole('list', { name: 'Lost' })
  await lost.getByText('Must set up a second factor before they get in again.').first().waitFor()
  expect(await lost.getByRole('listitem').allTextContents()).toContain(
    'Eve: Must set up a second factor before they get in again.',
  )
  await judgePage(page, 'second-factor-plan')
  expect(watch.problems()).toEqual([])
}, 120_000)

test('the form of a connection greys out what the policies forbid, with the rule', async () => {
  const { page, watch } = await openPage(browser, server.baseUrl)
  await signInThroughForm(page, ADMIN)
  const { revision } = (await (await page.request.get('/workspace-api/organization/governance')).json()) as {
    revision: number
  }
  const policies = {
    'connections.create': 'editors',
    'connections.sign-in': { password: 'nobody', none: 'nobody' },
    'connections.share': 'nobody',
  }
  const changed = await page.request.patch('/workspace-api/organization/governance', {
    data: { revision, policies },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(changed.ok(), await changed.text()).toBe(true)
  await page.goto('/connections?add=true')
  const form = page.getByRole('dialog', { name: 'Add connection' })
  // The test before let none be made without a warning, which keeps nobody from saving one.
  await form.getByText('With this one there is 1 connection, and the organization means to have 0 at most').waitFor()
  await form.getByText('Nobody can make connections that sign in with a password').waitFor()
  expect(await form.getByLabel('Password').first().isDisabled()).toBe(true)
  await form.getByText('Nobody can make connections that sign in with no secret at all').waitFor()
  expect(await form.getByRole('button', { name: 'Save connection' }).isDisabled()).toBe(true)
  await form.getByRole('button', { name: 'More options' }).click()
  await form.getByLabel('Client certificate (PEM)').fill('-----BEGIN CERTIFICATE-----')
  await form.getByText('sign in with no secret at all').waitFor({ state: 'hidden' })
  expect(await form.getByRole('button', { name: 'Save connection' }).isDisabled()).toBe(false)
  await form.getByRole('combobox', { name: 'Who can use it' }).click()
  const everyone = page.getByRole('option', { name: /^Everyone in the organization/ })
  await everyone.getByText('Nobody can share connections with anybody new').waitFor()
  await page.keyboard.press('Escape')
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `governed-connection-${look}`)
  }
  expect(watch.problems()).toEqual([])
}, 120_000)

test('an admin sees which hosts are needed, learns why one is refused, and allows only some', async () => {
  const admin = await openPage(browser, server.baseUrl)
  const { page } = admin
  await signInThroughForm(page, ADMIN)
  await page.goto('/settings/network')
  await page.getByText('needs a host yet').waitFor()
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('169.254.169.254')
  await page.keyboard.press('Enter')
  await page.getByText('The server would not reach it').waitFor()
  await page.getByText('what a cloud tells its machines').waitFor()
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('2130706433')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('another spelling of the address 127.0.0.1').waitFor()
  await page.getByRole('radio', { name: 'Only these hosts' }).check()
  const list = page.getByRole('textbox', { name: 'Hosts and networks, one per line' })
  await list.fill('*.org')
  await page.getByRole('button', { name: 'Save allowed hosts' }).click()
  const plan = page.getByRole('dialog', { name: 'What this changes' })
  await plan.getByText('is too wide').waitFor()
  expect(await plan.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true)
  await plan.getByRole('button', { name: 'Cancel' }).click()
  // What was typed is still there.
  expect(await list.inputValue()).toBe('*.org')
  await list.fill('*.warehouse.example.org:5432\n10.20.0.0/16')
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `network-${look}`, { fullPage: true })
  }
  await page.getByRole('button', { name: 'Save allowed hosts' }).click()
  await plan.getByText('The server reaches the listed hosts alone (2).').waitFor()
  await plan.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Allowed hosts saved').waitFor()
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('10.21.0.1')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('does not let this server reach 10.21.0.1').waitFor()
  expect(admin.watch.problems()).toEqual([])
}, 120_000)

test('whoever gains access is named to the last, found by a search, and counted for those who may know the number alone', async () => {
  const client = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const { token } = await client.call<{ token: string }>('POST', '/workspace-api/scim/tokens', {})
  for (let index = 1; index <= CROWD; index++) {
    const answer = await fetch(`${server.baseUrl}/scim/v2/Users`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: `crew${index}@corp.example`,
        displayName: `Crew ${String(index).padStart(2, '0')}`,
      }),
    })
    expect(answer.status, await answer.text()).toBe(201)
  }
  const invited = { emails: [VIEWER.email], role: 'viewer' }
  const { results } = await client.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', invited)
  const invitation = new URL(results[0]?.link ?? server.baseUrl).hash.slice(1)
  await client.send('POST', '/auth/invitation', { token: invitation, name: 'Vic', password: VIEWER.password })

  const editor = await openPage(browser, server.baseUrl)
  const { page } = editor
  await signInThroughForm(page, EDITOR)
  await page.goto(`/maps/${mapId}`)
  await page.getByRole('button', { name: 'Share' }).click()
  const share = page.getByRole('dialog')
  await share.getByRole('radio', { name: /^Organization/ }).click()
  const open = share.getByRole('button', { name: `and ${CROWD - 3} more: Who gains access` })
  await open.focus()
  await page.keyboard.press('Enter')
  const gaining = share.getByRole('list', { name: 'Who gains access' })
  // Vic is among them; Ada opens every map already.
  expect(await gaining.getByRole('listitem').count()).toBe(CROWD + 1)
  for (const { look, ...options } of LOOKS) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `sharing-names-${look}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 720 })
  await share.getByRole('textbox', { name: 'Search: Who gains access' }).fill('crew27')
  await expect.poll(() => gaining.getByRole('listitem').allTextContents()).toEqual(['Crew 27 crew27@corp.example'])
  await share.getByRole('button', { name: 'Share with organization' }).click()
  const publish = share.getByRole('button', { name: 'Publish updates' })
  expect(await publish.getAttribute('aria-disabled')).toBe('true')
  // After a press of the mouse the focus alone shows no tooltip.
  await publish.hover()
  await page.getByText(/^Nothing has changed since it was published, /).waitFor()
  await share.getByRole('button', { name: `${CROWD + 3} people have access`, exact: true }).click()
  await share.getByRole('textbox', { name: 'Search the people with access' }).fill('vic')
  const people = share.getByRole('list', { name: 'People with access' })
  await expect.poll(() => people.getByRole('listitem').allTextContents()).toEqual(['Vic organization'])

  const viewer = await openPage(browser, server.baseUrl)
  await signInThroughForm(viewer.page, VIEWER)
  await viewer.page.goto('/maps')
  await viewer.page.getByText(`${CROWD + 3} people have access to Harbours`).waitFor({ state: 'attached' })
  expect(await viewer.page.getByRole('button', { name: /people have access/ }).count()).toBe(0)
  await viewer.page.getByRole('checkbox', { name: 'Select Harbours' }).check()
  const move = viewer.page.getByRole('button', { name: 'Move to project' })
  await move.hover()
  expect(await move.getAttribute('aria-disabled')).toBe('true')
  await viewer.page.getByText(/^Your role \(viewer\) cannot/).waitFor()
  await judgePage(viewer.page, 'sharing-count-viewer')
  expect([...editor.watch.problems(), ...viewer.watch.problems()]).toEqual([])
}, 120_000)
