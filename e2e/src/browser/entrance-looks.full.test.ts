import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

// The pages that one comes to from outside, by a link or by mistake, and those that no other test judges in three looks.

const { postgres } = inject('servers')
const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }
const VIEWER = { email: 'vic@corp.example', password: 'correct horse saddle' }

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-entrances-'))
  const env = { GRATICULE_DEMO: 'off', OUTBOUND_LOOPBACK: 'on', ORGANIZATION_CREATION: 'on' }
  // Nothing is mailed here; whoever has no mail server offers no creation of organizations.
  const mail = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'maps@corp.example' }
  server = await startServer({ home, via: 'main', env: { ...env, ...mail } })
  browser = await launchChromium()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

interface Visit {
  readonly name: string
  readonly path: string
  /** What is there once the page is complete. */
  readonly shown: string | RegExp
  /** What is done before it is judged. */
  readonly act?: (page: Page) => Promise<void>
}

async function judgeAll({ page }: WatchedPage, visits: readonly Visit[]): Promise<void> {
  for (const { name, path, shown, act } of visits) {
    await page.goto('about:blank')
    await page.goto(path)
    await page.getByText(shown).filter({ visible: true }).first().waitFor()
    await act?.(page)
    for (const { look, ...options } of LOOKS) {
      await page.emulateMedia({ colorScheme: options.colorScheme })
      await page.setViewportSize(options)
      await judgePage(page, `entrance-${name}-${look}`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 720 })
  }
}

test('whoever comes by a link, or without one, finds a finished page', async () => {
  const stranger = await openPage(browser, server.baseUrl, {
    expectedRefusals: [
      /^401 \/auth\/invitation\/read$/,
      /^40[14] \/auth\/setup/,
      /^404 \/workspace-api\/viewer\/maps\/nowhere$/,
      /^401 \/auth\/saml\/finish$/,
    ],
  })
  const setup = /\/setup\?token=[\w-]+/.exec(server.output())?.[0] ?? ''
  await judgeAll(stranger, [{ name: 'setup', path: setup, shown: 'Set up Graticule' }])
  await setUpOrganization(server, ADMIN)
  const admin = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const invite = async (email: string, role: string) => {
    const body = { emails: [email], role }
    const { results } = await admin.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', body)
    return new URL(results[0]?.link ?? server.baseUrl).hash
  }
  await judgeAll(stranger, [
    { name: 'setup-used', path: setup, shown: 'This set-up link cannot be used' },
    { name: 'invitation', path: `/invitation${await invite(VIEWER.email, 'viewer')}`, shown: 'Join Corp' },
    { name: 'invitation-unusable', path: '/invitation#gti_none', shown: 'This invitation cannot be used' },
    { name: 'forgot-password', path: '/forgot-password', shown: 'Forgot your password?' },
    { name: 'password', path: '/password#gtr_none', shown: 'Choose a new password' },
    { name: 'sign-in-refused', path: '/auth/saml/finish?state=none', shown: 'This sign-in was not begun here' },
    { name: 'create-organization', path: '/create-organization', shown: 'Create an organization' },
    { name: 'nowhere', path: '/map/nowhere', shown: 'There is no map here for you' },
  ])
  expect(stranger.watch.problems()).toEqual([])
  await stranger.close()
}, 300_000)

test('pages that are not there, and those that one may not see, say so; others hold what they are for', async () => {
  const admin = await openPage(browser, server.baseUrl, { expectedRefusals: [/^404 /] })
  await signInThroughForm(admin.page, ADMIN)
  const client = await WorkspaceClient.signIn(server.baseUrl, ADMIN.email, ADMIN.password)
  const { id } = await client.call<{ id: string }>('POST', '/workspace-api/workflows', {
    title: 'Flood drill of the harbours',
    description: 'Which stores stand within two kilometres of a flooded street.',
  })
  const url = new URL(postgres.connectionString)
  const config = {
    ...{ host: postgres.host, port: postgres.port, database: url.pathname.slice(1) },
    ...{ user: url.username, password: url.password },
  }
  const application = await client.call<{ id: string }>('POST', '/workspace-api/applications', {
    name: 'Flood desk',
    description: 'Who is called, and in which order, when a street is under water.',
    url: 'https://flood-desk.example.org/',
  })
  await client.call('POST', '/v3/connections', { name: 'stock', providerId: 'postgres', config })
  for (const name of ['Store locator', 'Delivery times of the warehouse in Rotterdam']) {
    const grants = ['public.shops', 'public.streets', 'public.floods', 'stock.*'].map((source) => ({
      connection_name: 'stock',
      source,
    }))
    await client.call('POST', '/v3/tokens', {
      name,
      grants,
      allowed_apis: ['maps'],
      referers: ['https://maps.example.org'],
    })
  }
  await judgeAll(admin, [
    { name: 'workflow', path: `/workflows/${id}`, shown: 'Flood drill of the harbours' },
    { name: 'workflow-missing', path: '/workflows/none', shown: 'There is no workflow here for you' },
    { name: 'application', path: `/applications/${application.id}`, shown: 'Flood desk' },
    { name: 'missing', path: '/no-such-page', shown: 'There is no such page' },
    { name: 'developers', path: '/developers', shown: 'Store locator' },
    {
      name: 'activity-download',
      path: '/settings/activity',
      shown: 'A connection was created',
      act: async (page) => {
        await page.getByRole('button', { name: 'Download' }).click()
        await page.getByRole('menuitem', { name: 'Parquet' }).waitFor()
      },
    },
    { name: 'quotas', path: '/settings/quotas', shown: 'Maps, applications and connections' },
    { name: 'usage', path: '/settings/usage', shown: 'Quota year' },
    { name: 'network', path: '/settings/network', shown: 'stock' },
  ])
  expect(admin.watch.problems()).toEqual([])
  const { results } = await client.call<{ results: { link: string }[] }>('POST', '/workspace-api/invitations', {
    emails: ['wim@corp.example'],
    role: 'viewer',
  })
  const token = new URL(results[0]?.link ?? server.baseUrl).hash.slice(1)
  await client.send('POST', '/auth/invitation', { token, name: 'Wim', password: VIEWER.password })
  const viewer = await openPage(browser, server.baseUrl, {
    expectedRefusals: [/^404 \/workspace-api\/(workflows|applications)\//],
  })
  await signInThroughForm(viewer.page, { email: 'wim@corp.example', password: VIEWER.password })
  await judgeAll(viewer, [
    { name: 'forbidden', path: '/developers', shown: 'Developers is not for your role' },
    {
      name: 'application-not-shared',
      path: `/applications/${application.id}`,
      shown: 'There is no application here for you',
      act: async (page) => {
        await page.getByRole('button', { name: 'Request access' }).click()
        await page.getByText('its owner has been asked').waitFor()
      },
    },
    { name: 'workflow-not-shared', path: `/workflows/${id}`, shown: 'There is no workflow here for you' },
    { name: 'forbidden-settings', path: '/settings/governance', shown: /cannot|for admins/ },
  ])
  expect(viewer.watch.problems()).toEqual([])
}, 300_000)
