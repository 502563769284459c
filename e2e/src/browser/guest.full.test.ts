import { emptyMapDocument, type InviteResult, type MapDetail } from '@graticule/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, settled, signInThroughForm } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const STAMP = Date.now().toString(36)
const GUEST = { email: `gast-${STAMP}@partner.example`, password: 'long enough for a map', name: 'Gabi Gast' }

let browser: Browser
let titles: { named: string; organization: string }

async function signIn(role: string): Promise<WorkspaceClient> {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return WorkspaceClient.signIn(baseUrl, user.email, user.password)
}

beforeAll(async () => {
  const admin = await signIn('admin')
  const { results } = await admin.call<{ results: InviteResult[] }>('POST', '/workspace-api/invitations', {
    emails: [GUEST.email],
    role: 'guest',
  })
  const [invited] = results
  const token = invited?.outcome === 'invited' ? (invited.link?.split('#')[1] ?? '') : ''
  await admin.send('POST', '/auth/invitation', { token, name: GUEST.name, password: GUEST.password })
  const guest = await WorkspaceClient.signIn(baseUrl, GUEST.email, GUEST.password)
  const { user } = await guest.call<{ user: { id: string } }>('GET', '/auth/session')
  const editor = await signIn('editor')
  const create = (title: string) =>
    editor.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument(title) })
  titles = { named: `Quays for our partner ${STAMP}`, organization: `Quays for all of us ${STAMP}` }
  const named = await create(titles.named)
  await editor.call('PUT', `/workspace-api/maps/${named.id}/sharing`, {
    privacy: 'shared',
    sharingScope: 'specific',
    userIds: [user.id],
  })
  const organization = await create(titles.organization)
  await editor.call('PUT', `/workspace-api/maps/${organization.id}/sharing`, { privacy: 'shared' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
})

test('a guest sees the one map that names them, and sections and settings for nothing else', async () => {
  const { page, watch, close } = await openPage(browser, baseUrl)
  await signInThroughForm(page, GUEST)
  const rail = page.getByRole('navigation').first()
  await rail.getByRole('link', { name: 'Maps' }).waitFor()
  const addresses = await page
    .getByRole('navigation')
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  expect([...new Set(addresses)]).toEqual(['/', '/maps', '/settings'])

  for (const [name, path, heading] of [
    ['home', '/', 'Home'],
    ['maps', '/maps', 'Maps'],
  ] as const) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.getByRole('link', { name: `Open ${titles.named}` }).waitFor()
    await settled(page)
    expect(await page.getByRole('link', { name: /^Open Quays/ }).count()).toBe(1)
    expect(await page.getByText(titles.organization).count()).toBe(0)
    for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
      await page.setViewportSize(shape)
      await page.emulateMedia({ colorScheme: shape.colorScheme })
      await judgePage(page, `guest-${name}-${look}`)
    }
  }
  await page.getByText('1 map', { exact: true }).waitFor()

  await page.goto('/settings')
  const settings = page.getByRole('navigation', { name: 'Settings' })
  await settings.getByRole('link', { name: 'Profile' }).waitFor()
  expect(await settings.getByRole('link').allTextContents()).toEqual(['Profile', 'Sessions', 'General'])
  await page.goto('/connections')
  await page.getByText('is not for your role').waitFor()
  expect(watch.problems()).toEqual([])
  await close()
})
