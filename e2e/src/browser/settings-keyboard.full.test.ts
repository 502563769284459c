import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { postgres } = inject('servers')
const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
/** More steps than any page of the settings has. */
const MAX_STEPS = 120

let home: string
let server: RunningServer
let browser: Browser
let opened: WatchedPage
let page: Page

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-keyboard-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off', OUTBOUND_LOOPBACK: 'on' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
  opened = await openPage(browser, server.baseUrl)
  page = opened.page
  await signInThroughForm(page, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

/** What a screen reader calls the element with the focus, as far as a label or its text says so. */
const NAME_OF_FOCUSED = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return ''
  const named = element.getAttribute('aria-labelledby')
  const label = element.getAttribute('aria-label')
    ?? (named && document.getElementById(named)?.textContent)
    ?? element.labels?.[0]?.textContent
    ?? element.textContent
  return (label ?? '').trim().replace(/\\s*\\*$/, '')
})()`
/** What the arrow keys have come to in an open list of options. */
const ACTIVE_OPTION =
  "document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? '')?.textContent"
const nameOfFocused = () => page.evaluate<string>(NAME_OF_FOCUSED)

/** Presses Tab until something of that name has the focus. */
async function tabTo(name: string): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < MAX_STEPS; step++) {
    await page.keyboard.press('Tab')
    const focused = await nameOfFocused()
    if (focused === name) return
    passed.push(focused)
  }
  throw new Error(`Tab does not lead to “${name}”, but to: ${[...new Set(passed)].join(' | ')}`)
}

async function press(name: string): Promise<void> {
  await tabTo(name)
  await page.keyboard.press('Enter')
}

/** Opens the list of the field with the focus and chooses from it. */
async function choose(option: string): Promise<void> {
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: option, exact: true }).waitFor()
  // Which option the arrow comes to first depends on the one that is chosen.
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowDown')
      // A slow page marks it a moment later.
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
      return page.evaluate<string | undefined>(ACTIVE_OPTION)
    })
    .toBe(option)
  await page.keyboard.press('Enter')
}

/** Opens a page of the settings and leaves the column of pages behind, by the link that is there for that. */
async function enter(path: string, heading: string): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { name: heading }).waitFor()
  await press('Skip to the page')
}

test('governance is changed by the keyboard alone, through its plan', async () => {
  await enter('/settings/governance', 'Whom new assets are shared with')
  await tabTo('Who makes maps public')
  await choose('Admins only')
  await press('Review changes')
  const plan = page.getByRole('dialog')
  await plan.getByText('Only admins can make maps public.').waitFor()
  await page.keyboard.press('Escape')
  await plan.waitFor({ state: 'hidden' })
  // Whoever leaves a dialog is where they were.
  await expect.poll(nameOfFocused).toBe('Review changes')
  await page.keyboard.press('Enter')
  await plan.getByText('Only admins can make maps public.').waitFor()
  await press('Save changes')
  await page.getByText('Governance saved').waitFor()
})

test('customization: a colour and a palette are set by the keyboard alone', async () => {
  await enter('/settings/customization', 'Palettes')
  await tabTo('Primary colour')
  await page.keyboard.type('#7a1f')
  await page.keyboard.press('Tab')
  await page.getByText('is written as # and six digits').waitFor()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('End')
  await page.keyboard.type('5c')
  await press('See what changes')
  await page.getByRole('dialog').getByRole('button', { name: 'Apply', disabled: false }).waitFor()
  await press('Apply')
  await page.getByText('The settings were changed.').first().waitFor()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await press('New palette')
  const palette = page.getByRole('dialog', { name: 'New palette' })
  await palette.waitFor()
  await expect.poll(nameOfFocused).toBe('Name')
  await page.keyboard.type('Corporate')
  await tabTo('Colours')
  await page.keyboard.type('#102a43 #7a1f5c #ffcc00')
  await press('See what changes')
  await page.getByText('Builder offers this palette.').waitFor()
  await press('Apply')
  await page.getByRole('list', { name: 'Palettes' }).getByText('Corporate').waitFor()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await press('Delete Corporate')
  await page.getByRole('dialog').getByRole('button', { name: 'Apply', disabled: false }).waitFor()
  await press('Apply')
  await page.getByRole('list', { name: 'Palettes' }).waitFor({ state: 'hidden' })
})

test('settings as code: the document is left by Tab, planned and applied by the keyboard alone', async () => {
  await enter('/settings/code', 'Settings as code')
  await page.getByRole('textbox', { name: 'Document' }).waitFor()
  await tabTo('Document')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(
    'version: 1\npalettes: [{name: Rivers, kind: sequential, colors: ["#102a43", "#7a1f5c"]}]\n',
  )
  await press('See what changes')
  await page.getByText('Builder offers this palette.').waitFor()
  await press('1 value changes')
  await press('Apply')
  await page.getByText('The settings were changed.').first().waitFor()
})

test('domains are claimed and given up by the keyboard alone', async () => {
  await enter('/settings/organization', 'Domains')
  await page.getByLabel('Add a domain').waitFor()
  await tabTo('Add a domain')
  await page.keyboard.type('corp.invalid')
  await page.keyboard.press('Enter')
  await page.getByLabel('Name of the record').waitFor()
  await press('Remove corp.invalid')
  const plan = page.getByRole('dialog', { name: 'Remove corp.invalid?' })
  await plan.getByText('Nobody is affected: it is not verified').waitFor()
  await press('Remove')
  await page.getByText('No domain yet.').waitFor()
})

test('quotas are set by the keyboard alone, through their plan', async () => {
  await enter('/settings/quotas', 'Maps, applications and connections')
  await page.getByLabel('Maps at most', { exact: true }).waitFor()
  await tabTo('Maps at most')
  await page.keyboard.type('40')
  await press('See what changes')
  const plan = page.getByRole('dialog')
  await plan.getByText('There may be 40 maps at most').waitFor()
  await page.keyboard.press('Escape')
  await plan.waitFor({ state: 'hidden' })
  await expect.poll(nameOfFocused).toBe('See what changes')
  await page.keyboard.press('Enter')
  await plan.getByText('There may be 40 maps at most').waitFor()
  await press('Save changes')
  await page.getByText('0 of 40').waitFor()
})

test('a connection is made, tried and changed by the keyboard alone', async () => {
  await page.goto('/connections')
  await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor()
  await press('Add connection')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  const { host, port, connectionString } = postgres
  const url = new URL(connectionString)
  const values = {
    Name: 'stock',
    Host: host,
    Port: String(port),
    Database: url.pathname.slice(1),
    User: url.username,
    Password: url.password,
  }
  for (const [label, value] of Object.entries(values)) {
    await tabTo(label)
    await page.keyboard.press('Control+a')
    if (value !== '') await page.keyboard.type(value)
  }
  // The server of the tests speaks no TLS.
  await tabTo('TLS')
  await choose('Off')
  await press('Test connection')
  await dialog.getByText('It works.').waitFor()
  await press('Save connection')
  await dialog.waitFor({ state: 'hidden' })
  await press('Actions for stock')
  await page.getByRole('menuitem', { name: 'Edit connection' }).waitFor()
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowDown')
      return nameOfFocused()
    })
    .toBe('Edit connection')
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  await press('Advanced options')
  await tabTo('Queries at once')
  await page.keyboard.type('3')
  await press('Save connection')
  await dialog.waitFor({ state: 'hidden' })
})

test('a token is made and revoked by the keyboard alone', async () => {
  await page.goto('/developers')
  await page.getByText('No tokens yet').waitFor()
  await press('New token')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await tabTo('Name')
  await page.keyboard.type('Store locator')
  await tabTo('Connection')
  await choose('stock')
  await tabTo('Source')
  await page.keyboard.type('public.shops')
  await page.keyboard.press('Escape')
  await press('Create token')
  await page.getByRole('dialog', { name: 'Copy your token now' }).waitFor()
  await press('I have stored it')
  await dialog.waitFor({ state: 'hidden' })
  await press('Revoke Store locator')
  await page.getByRole('dialog', { name: 'Revoke “Store locator”?' }).waitFor()
  await press('Revoke token')
  await page.getByText('No tokens yet').waitFor()
})

test('allowed hosts are planned and saved by the keyboard alone, and the plan names what stops', async () => {
  await enter('/settings/network', 'Allowed hosts')
  await page.getByRole('table', { name: 'Hosts in use' }).waitFor()
  await tabTo('Host')
  await page.keyboard.type('169.254.169.254')
  await press('Explain')
  await page.getByText('The server would not reach it').waitFor()
  await tabTo('Every host that the operator of this server leaves open')
  await page.keyboard.press('ArrowDown')
  await tabTo('Hosts and networks, one per line')
  await page.keyboard.type('db.example.org')
  await press('Save allowed hosts')
  const plan = page.getByRole('dialog', { name: 'What this changes' })
  await plan.getByText('The server reaches the listed hosts alone (1).').waitFor()
  await plan.getByText('stock: The connection no longer reaches').waitFor()
  await page.keyboard.press('Escape')
  await plan.waitFor({ state: 'hidden' })
  await expect.poll(nameOfFocused).toBe('Save allowed hosts')
  await page.keyboard.press('Enter')
  await plan.getByText('The server reaches the listed hosts alone (1).').waitFor()
  await press('Save changes')
  await page.getByText('Allowed hosts saved').waitFor()
})

test('support access is enabled and revoked by the keyboard alone', async () => {
  await enter('/settings/support-access', 'Enable support access')
  await tabTo('Support people')
  await page.keyboard.type('sid@vendor.example')
  await tabTo('Reason')
  await page.keyboard.type('The map of rivers draws nothing.')
  await page.keyboard.press('Tab')
  expect(await nameOfFocused()).toMatch(/^I agree/)
  await page.keyboard.press('Space')
  await press('Enable support access')
  await page.getByRole('dialog', { name: 'Pass on this link' }).waitFor()
  await press('Done')
  await page.getByRole('heading', { name: 'Support access is enabled' }).waitFor()
  await press('Revoke support access')
  await page.getByRole('dialog', { name: 'Revoke support access?' }).waitFor()
  await press('Revoke support access')
  await page.getByText('Support access was revoked.').waitFor()
  expect(opened.watch.problems()).toEqual([])
})
