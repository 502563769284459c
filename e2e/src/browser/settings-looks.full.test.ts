import { emptyMapDocument, type MapDetail } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, demoMapId } = inject('servers')
/** For how long nothing is asked by a page that is taken to be complete, in milliseconds. */
const QUIET_FOR_MS = 200
/** Where something is that is not to be seen. */
const NOWHERE = { x: -1, y: -1, width: 0, height: 0 }

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

/** Waits until a page that changed without being loaded anew has asked for all it needs and shows it. */
function quietnessOf(page: Page): () => Promise<void> {
  const pending = new Set<unknown>()
  let lastChangeAt = performance.now()
  page.on('request', (request) => {
    pending.add(request)
    lastChangeAt = performance.now()
  })
  for (const event of ['requestfinished', 'requestfailed'] as const) {
    page.on(event as 'requestfinished', (request) => {
      pending.delete(request)
      lastChangeAt = performance.now()
    })
  }
  return async () => {
    lastChangeAt = performance.now()
    await expect
      .poll(() => pending.size === 0 && performance.now() - lastChangeAt > QUIET_FOR_MS, { interval: 50 })
      .toBe(true)
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'hidden' })
  }
}

/** One of everything that the settings list, so that no page is judged by its empty state alone. */
async function seed(superadmin: WorkspaceClient): Promise<void> {
  const make = (title: string) =>
    superadmin.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument(title) })
  const thrownAway = await make('Looked at in the trash')
  await superadmin.call('DELETE', `/workspace-api/maps/${thrownAway.id}`)
  const project = await superadmin.call<{ id: string }>('POST', '/v3/projects', { name: 'Looked at with its folders' })
  await superadmin.call('POST', '/v3/projects', { name: 'Inside', parentId: project.id })
  await superadmin.call('DELETE', `/v3/projects/${project.id}?contents=to-top`)
  const source = { name: 'looked-at', connection_name: 'carto_dw', source: 'SELECT 1 AS one' }
  await superadmin.call('POST', '/v3/named-sources', source)
  await superadmin.call('DELETE', '/v3/named-sources/looked-at')
  const { id: mapId } = await make('Looked at in the settings')
  const viewer = await WorkspaceClient.signIn(baseUrl, person('viewer').email, person('viewer').password)
  await viewer.call('POST', '/workspace-api/access-requests', {
    kind: 'map',
    id: mapId,
    message: 'We plan the flood drill with it on Thursday.',
  })
  await superadmin.call('PUT', `/workspace-api/maps/${demoMapId}/favourite`)
  await superadmin.call('POST', '/workspace-api/workflows', { title: 'Looked at among the workflows' })
  const { token } = await superadmin.call<{ token: string }>('POST', '/workspace-api/scim/tokens', {})
  await fetch(`${baseUrl}/scim/v2/Groups`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Settings lookers of the directory',
    }),
  })
}

let browser: Browser
let opened: WatchedPage
let quiet: () => Promise<void>
beforeAll(async () => {
  const { email, password } = person('superadmin')
  await seed(await WorkspaceClient.signIn(baseUrl, email, password))
  browser = await launchChromium()
  opened = await openPage(browser, baseUrl)
  quiet = quietnessOf(opened.page)
  await signInThroughForm(opened.page, { email, password })
})
afterAll(async () => {
  await browser?.close()
})

describe.each(LOOKS)('what a superadmin finds, $look', ({ look, width, height, colorScheme }) => {
  beforeAll(async () => {
    await opened.page.emulateMedia({ colorScheme })
    await opened.page.setViewportSize({ width, height })
  })

  it('every page of the settings fits, is accessible and leaves the console clean', async () => {
    const { page, watch } = opened
    // Loaded anew, because colours fade from one look to the other.
    await page.goto('/settings')
    const column = page.getByRole('navigation', { name: 'Settings' })
    const fold = column.getByRole('button', { name: /^Page: / })
    /** A narrow window lists the pages behind the name of the open one. */
    const unfold = async () => {
      if (look !== 'narrow') return
      await fold.click()
      expect(await fold.getAttribute('aria-expanded')).toBe('true')
    }
    await column.waitFor()
    await unfold()
    const links = column.getByRole('link')
    await links.first().waitFor()
    await quiet()
    if (look === 'narrow') await judgePage(page, `settings-${look}-unfolded`)
    for (const group of ['You', 'People', 'Sign-in', 'Sharing and governance', 'Organization']) {
      expect(await column.getByRole('list', { name: group, exact: true }).count(), group).toBe(1)
    }
    // The pages are those of the app itself: one that is added is judged as well.
    const labels = await links.allTextContents()
    expect(labels.length).toBeGreaterThan(15)
    for (const [index, label] of labels.entries()) {
      const link = links.nth(index)
      if (index > 0) await unfold()
      await link.click()
      await quiet()
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
      if (look === 'narrow') {
        // Whoever has chosen a page sees that page, under its name.
        expect(await fold.textContent()).toBe(`Page: ${label}`)
        expect(await link.isVisible()).toBe(false)
      } else {
        expect(await link.getAttribute('aria-current')).toBe('page')
        const { x, y, width: linkWidth, height: linkHeight } = (await link.boundingBox()) ?? NOWHERE
        const isWhole = x > -1 && x + linkWidth < width + 1 && y > -1 && y + linkHeight < height + 1
        expect.soft(isWhole, `${look}: the link to ${label} is whole in the window`).toBe(true)
      }
      await judgePage(page, `settings-${look}-${label.toLowerCase().replaceAll(/\W+/g, '-')}`)
    }
    expect(watch.problems()).toEqual([])
  })

  it('the column of pages is walked through by the keyboard alone', async () => {
    const { page } = opened
    await page.goto('/settings/activity')
    const column = page.getByRole('navigation', { name: 'Settings' })
    await column.waitFor()
    await quiet()
    const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""')
    await page.getByRole('link', { name: 'Skip to the page' }).focus()
    await page.keyboard.press('Tab')
    if (look === 'narrow') {
      expect(await focused()).toBe('Page: Activity')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Escape')
      expect(await focused()).toBe('Page: Activity')
      expect(await column.getByRole('link').first().isVisible()).toBe(false)
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
    }
    expect(await focused()).toBe('Profile')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Sessions')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
  })

  it('so do lists that are narrowed and the page of a link that is cut off', async () => {
    const { page, watch } = opened
    const pages = [
      { name: 'assets-tokens', path: '/settings/assets?kind=token', shown: 'API token' },
      { name: 'maps-favourites', path: '/maps?scope=favourites', shown: '1 map' },
      { name: 'maps-recent', path: '/maps?scope=recent', shown: 'map' },
      { name: 'workflows', path: '/workflows', shown: 'Looked at among the workflows' },
      { name: 'support', path: '/support', shown: 'link' },
    ]
    for (const { name, path, shown } of pages) {
      await page.goto(path)
      await page.getByText(shown).filter({ visible: true }).first().waitFor()
      await quiet()
      await judgePage(page, `settings-${look}-${name}`)
    }
    await page.goto('/settings/assets?kind=connection')
    await page.getByRole('button', { name: 'Look at the connection' }).first().click()
    await page.getByRole('dialog').getByText('Owner').first().waitFor()
    await quiet()
    await judgePage(page, `settings-${look}-connection-inspected`)
    expect(watch.problems()).toEqual([])
  })
})
