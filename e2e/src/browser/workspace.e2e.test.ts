import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyMapDocument, type MapDetail, type SessionInfo } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import { runSample, runShellSample } from '../harness/run-sample.ts'
import { problemsOf, startServer } from '../harness/server-process.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { type OpenPageOptions, openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, targets, postgres } = inject('servers')

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

async function clientOf(role: string): Promise<WorkspaceClient> {
  const { email, password } = person(role)
  return await WorkspaceClient.signIn(baseUrl, email, password)
}

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
})

const opened: WatchedPage[] = []
async function openAs(role: string, options: OpenPageOptions = {}): Promise<Page> {
  const watched = await openPage(browser, baseUrl, options)
  opened.push(watched)
  await signInThroughForm(watched.page, person(role))
  return watched.page
}

/** Closes the pages that were opened; what they did that no page may do. */
async function closeAll(): Promise<string[]> {
  const closed = opened.splice(0)
  await Promise.all(closed.map((each) => each.close()))
  return closed.flatMap((each) => each.watch.problems())
}

function createMap(client: WorkspaceClient, title: string): Promise<MapDetail> {
  return client.call('POST', '/workspace-api/maps', { document: emptyMapDocument(title) })
}

const shot = (page: Page, name: string) => page.screenshot({ path: artifactPath(`workspace-${name}.png`) })

describe('the list of maps', () => {
  let page: Page
  let client: WorkspaceClient
  beforeAll(async () => {
    client = await clientOf('editor')
    for (const title of ['Atlas of bees', 'Atlas of cranes', 'Atlas of ants']) await createMap(client, title)
    page = await openAs('editor')
  })
  afterAll(async () => {
    expect(await closeAll()).toEqual([])
  })

  const titles = () =>
    page
      .getByRole('main')
      .getByRole('link', { name: /^Open / })
      .allTextContents()

  it('is searched, sorted and shown as a table, and keeps that in its address', async () => {
    await page.goto('/maps')
    await page.getByRole('textbox', { name: 'Search maps' }).fill('atlas of')
    await expect.poll(() => page.getByText('3 maps', { exact: true }).count()).toBe(1)
    await page
      .locator('input')
      .and(page.getByLabel('Sort', { exact: true }))
      .click()
    await page.getByRole('option', { name: 'Title A–Z' }).click()
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('table', { name: 'Maps' }).waitFor()
    await expect.poll(titles).toEqual(['Atlas of ants', 'Atlas of bees', 'Atlas of cranes'])
    await page.getByRole('columnheader', { name: 'Title' }).getByRole('button').click()
    await expect.poll(titles).toEqual(['Atlas of cranes', 'Atlas of bees', 'Atlas of ants'])
    await page.reload()
    await expect.poll(titles).toEqual(['Atlas of cranes', 'Atlas of bees', 'Atlas of ants'])
    expect(await page.getByRole('textbox', { name: 'Search maps' }).inputValue()).toBe('atlas of')
    await shot(page, '01-maps-table')
  })

  it('duplicates a map, and deletes one only after a question', async () => {
    await page.getByRole('button', { name: 'Actions for Atlas of ants' }).click()
    await page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await page.getByText('A private copy of “Atlas of ants” was made.').waitFor()
    await expect.poll(titles).toContain('Copy of Atlas of ants')
    const act = async (button: string) => {
      await page.getByRole('button', { name: 'Actions for Copy of Atlas of ants' }).click()
      await page.getByRole('menuitem', { name: 'Delete map' }).click()
      await page.getByRole('dialog').getByText('Delete “Copy of Atlas of ants”?').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: button }).click()
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
    await act('Cancel')
    expect(await titles()).toContain('Copy of Atlas of ants')
    await act('Delete map')
    await expect.poll(titles).toEqual(['Atlas of cranes', 'Atlas of bees', 'Atlas of ants'])
  })

  it('shows a viewer what is shared, and leads out of what is not', async () => {
    const { maps } = await client.call<{ maps: { id: string; title: string }[] }>(
      'GET',
      '/workspace-api/maps?search=atlas%20of',
    )
    const idOf = (title: string) => maps.find((map) => map.title === title)?.id
    await client.call('POST', `/workspace-api/maps/${idOf('Atlas of bees')}/privacy`, { privacy: 'shared' })
    const viewer = await openAs('viewer', { expectedRefusals: [/^404 \/workspace-api\/maps\//] })
    await viewer.goto('/maps?search=atlas%20of')
    await viewer.getByText('Shared with you', { exact: true }).click()
    const links = viewer.getByRole('main').getByRole('link', { name: /^Open / })
    await expect.poll(() => links.allTextContents()).toEqual(['Atlas of bees'])
    await viewer.goto(`/maps/${idOf('Atlas of ants')}`)
    await viewer.getByText('There is no map here for you').waitFor()
    await shot(viewer, '02-not-yours')
    await viewer.getByRole('navigation').getByRole('link', { name: 'Home' }).waitFor()
    await viewer.getByRole('button', { name: 'Request access' }).waitFor()
    await viewer.getByRole('main').getByRole('link', { name: 'Go to Home' }).click()
    await viewer.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  })
})

describe('settings, developers and connections', () => {
  let page: Page
  beforeAll(async () => {
    page = await openAs('admin', {
      expectedRefusals: [/^\d{3} \/v3\/connections\/test$/, /^\d{3} \/v3\/connections$/, /^\d{3} \/v3\/named-sources$/],
    })
  })
  afterAll(async () => {
    expect(await closeAll()).toEqual([])
  })

  it('ends another session of one’s own, which is refused from then on', async () => {
    const { email, password } = person('admin')
    const userAgent = `forgotten-program/${Date.now()}`
    const signedIn = await fetch(`${baseUrl}/auth/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: baseUrl, 'User-Agent': userAgent },
      body: JSON.stringify({ email, password }),
    })
    const cookie = signedIn.headers
      .getSetCookie()
      .map((header) => header.split(';')[0])
      .join('; ')
    const statusOfOther = async () => (await fetch(`${baseUrl}/auth/session`, { headers: { Cookie: cookie } })).status
    expect(await statusOfOther()).toBe(200)
    await page.goto('/settings/sessions')
    const row = page.getByRole('listitem').filter({ has: page.locator(`[title="${userAgent}"]`) })
    await row.waitFor()
    const current = page.getByRole('listitem').filter({ hasText: 'This one' })
    expect(await current.count()).toBe(1)
    expect(await current.getByRole('button').count()).toBe(0)
    await shot(page, '03-sessions')
    await row.getByRole('button', { name: /^End session on/ }).click()
    await row.waitFor({ state: 'detached' })
    expect(await statusOfOther()).toBe(401)
    await page.reload()
    await current.waitFor()
  })

  it('names SQL that programs use by its name, and says at the form what is wrong with it', async () => {
    const connection = targets[0]?.connectionName ?? ''
    await page.goto('/developers')
    await page.getByRole('button', { name: 'New named source' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Create named source' }).click()
    await dialog.getByText('Use 3 to 51 lower-case letters').waitFor()
    await dialog.getByLabel('Name').fill('strong-quakes')
    await dialog
      .locator('input')
      .and(dialog.getByLabel('Connection', { exact: true }))
      .click()
    await page.getByRole('option', { name: connection, exact: true }).click()
    await dialog.getByLabel('SQL').fill('SELECT * FROM demo.nowhere')
    await dialog.getByRole('button', { name: 'Create named source' }).click()
    await dialog.getByRole('alert').getByText('demo.nowhere').waitFor()
    await dialog.getByLabel('SQL').fill('SELECT * FROM demo.earthquakes WHERE magnitude >= :least')
    await shot(page, '05-named-source')
    await dialog.getByRole('button', { name: 'Create named source' }).click()
    await page.getByRole('button', { name: 'Edit strong-quakes' }).waitFor()
    await shot(page, '06-developers')
    const parameters = new URLSearchParams({ q: 'strong-quakes', queryParameters: JSON.stringify({ least: 7 }) })
    const answer = await page.request.get(`/v3/sql/${connection}/query?${parameters}`)
    expect(answer.status()).toBe(200)
    await page.getByRole('button', { name: 'Delete strong-quakes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('“strong-quakes” was deleted.').waitFor()
  })

  it('makes an API token that reads what it names, until it is revoked', async () => {
    const connection = targets[0]?.connectionName ?? ''
    await page.goto('/developers')
    await page.getByRole('button', { name: 'New token' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Store locator')
    await dialog
      .locator('input')
      .and(dialog.getByLabel('Connection', { exact: true }))
      .click()
    await page.getByRole('option', { name: connection, exact: true }).click()
    await dialog
      .locator('input')
      .and(dialog.getByLabel('Source', { exact: true }))
      .fill('demo.earthquakes')
    await page.keyboard.press('Escape')
    await dialog.getByLabel('SQL: run queries').check()
    await dialog.getByRole('button', { name: 'Create token' }).click()
    const token = await page.getByRole('textbox', { name: 'Token' }).inputValue()
    await shot(page, '04-token')
    const sampleOf = async (name: string) => {
      await page.getByRole('tab', { name, exact: true }).click()
      return (await page.getByRole('tabpanel', { name, exact: true }).locator('code').textContent()) ?? ''
    }
    expect((await runSample(await sampleOf('@carto/api-client'))).split('\n').length).toBeGreaterThan(10)
    expect(await runSample(await sampleOf('fetchMap'))).toContain('longitude')
    expect(JSON.parse(await runShellSample(await sampleOf('curl')))).toHaveProperty('tilejson.url')
    // Of the layer, what asks the server: Node has no screen to draw on.
    const source = /const data = (vectorTableSource\([^)]*\))/.exec(await sampleOf('deck.gl'))?.[1] ?? ''
    const opening = `import { vectorTableSource } from '@deck.gl/carto'\nconsole.log((await ${source}).tiles[0])`
    expect(await runSample(opening)).toContain('/tiles/')
    await page.getByRole('button', { name: 'I have stored it' }).click()
    const statusOf = async (table: string) => {
      const parameters = new URLSearchParams({ name: table, spatialDataColumn: 'geom' })
      const response = await fetch(`${baseUrl}/v3/maps/${connection}/table?${parameters}`, {
        headers: { Authorization: `Bearer ${token}` },
      })
      return response.status
    }
    expect(await statusOf('demo.earthquakes')).toBe(200)
    expect([403, 404]).toContain(await statusOf('demo.states'))
    await page.getByRole('button', { name: 'Revoke Store locator' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText('“Store locator” was revoked.').waitFor()
    expect(await statusOf('demo.earthquakes')).toBe(401)
    expect(await page.getByRole('button', { name: 'Revoke Store locator' }).count()).toBe(0)
  })

  it('tells what to check when a connection fails, keeps what was typed, and connects with the right values', async () => {
    const right = new URL(postgres.connectionString)
    const values: Record<string, string> = {
      Name: 'typed-by-hand',
      Host: 'nowhere.invalid',
      Port: String(postgres.port),
      Database: right.pathname.slice(1),
      User: decodeURIComponent(right.username),
      Password: decodeURIComponent(right.password),
    }
    await page.goto('/connections')
    await page.getByRole('button', { name: 'Add connection' }).first().click()
    const dialog = page.getByRole('dialog')
    const field = (label: string) => dialog.locator('input').and(dialog.getByLabel(label))
    for (const [label, value] of Object.entries(values)) await field(label).first().fill(value)
    await dialog.getByRole('button', { name: 'Test connection' }).click()
    const alert = dialog.getByRole('alert')
    await alert.waitFor()
    await shot(page, '05-connection-fails')
    expect(await alert.textContent()).toMatch(/does not work.*nowhere\.invalid/s)
    expect(await alert.textContent()).toMatch(/host/i)
    for (const [label, value] of Object.entries(values)) {
      expect(await field(label).first().inputValue(), label).toBe(value)
    }
    await field('Host').first().fill(postgres.host)
    await field('TLS').first().click()
    await page.getByRole('option', { name: 'Off', exact: true }).click()
    await dialog.getByRole('button', { name: 'Test connection' }).click()
    await dialog.getByText(/^It works\./).waitFor()
    await dialog.getByRole('button', { name: 'Save connection' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('row').filter({ hasText: 'typed-by-hand' }).waitFor()
    await shot(page, '06-connected')
    await page.getByRole('button', { name: 'Actions for typed-by-hand' }).click()
    await page.getByRole('menuitem', { name: 'Delete connection' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete connection' }).click()
    await page.getByText('“typed-by-hand” was deleted.').waitFor()
  })
})

describe('one map in two windows', () => {
  let first: Page
  let second: Page
  let client: WorkspaceClient
  let mapId: string
  beforeAll(async () => {
    client = await clientOf('editor')
    mapId = (await createMap(client, 'As it was')).id
    const options = { width: 1000, height: 600, expectedRefusals: [/^409 \/workspace-api\/maps\//] }
    first = await openAs('editor', options)
    second = await openAs('editor', options)
    for (const page of [first, second]) {
      await page.goto(`/maps/${mapId}`)
      await title(page, 'As it was').waitFor()
    }
  })
  afterAll(async () => {
    expect(await closeAll()).toEqual([])
  })

  const title = (page: Page, text: string) => page.locator('[title="Rename map"]').filter({ hasText: text })
  const rename = async (page: Page, text: string) => {
    await page.locator('[title="Rename map"]').click()
    await page.getByLabel('Map title').fill(text)
    await page.keyboard.press('Enter')
  }
  const saved = (page: Page) =>
    page
      .getByRole('status')
      .filter({ hasText: /^Saved$/ })
      .waitFor()
  const storedTitle = async () => (await client.call<MapDetail>('GET', `/workspace-api/maps/${mapId}`)).document.title

  it('tells of the conflict, writes nothing until one chooses, and undo brings back the other version', async () => {
    await rename(first, 'Of the first window')
    await expect.poll(storedTitle).toBe('Of the first window')
    await rename(second, 'Of the second window')
    const question = second.getByRole('alertdialog', { name: 'Somebody else changed this map' })
    await question.waitFor()
    await shot(second, '07-conflict')
    expect(await storedTitle()).toBe('Of the first window')
    await question.getByRole('button', { name: 'Keep mine' }).click()
    await expect.poll(storedTitle).toBe('Of the second window')
    await saved(second)
    await second.getByRole('button', { name: 'Undo' }).click()
    await title(second, 'Of the first window').waitFor()
    await expect.poll(storedTitle).toBe('Of the first window')
    await second.getByRole('button', { name: 'Redo' }).click()
    await expect.poll(storedTitle).toBe('Of the second window')
    await saved(second)
  })

  it('lets somebody else who may help edit it, whom the same question meets', async () => {
    const before = await storedTitle()
    const helper = await openAs('admin', {
      width: 1000,
      height: 600,
      expectedRefusals: [/^409 \/workspace-api\/maps\//],
    })
    const { id: adminId } = (await (await clientOf('admin')).call<SessionInfo>('GET', '/auth/session')).user
    await client.call('PUT', `/workspace-api/maps/${mapId}/sharing`, { privacy: 'shared', userIds: [adminId] })
    const letHelp = (collaborative: boolean) =>
      client.call('PATCH', `/workspace-api/maps/${mapId}/sharing-options`, { collaborative })
    await letHelp(true)
    await helper.goto(`/maps/${mapId}`)
    await title(helper, before).waitFor()
    await rename(helper, 'By the one who helps')
    await expect.poll(storedTitle).toBe('By the one who helps')
    await rename(second, 'By its owner')
    const question = second.getByRole('alertdialog', { name: 'Somebody else changed this map' })
    await question.waitFor()
    expect(await storedTitle()).toBe('By the one who helps')
    await question.getByRole('button', { name: 'Load their version' }).click()
    await title(second, 'By the one who helps').waitFor()
    await rename(second, 'By its owner')
    await expect.poll(storedTitle).toBe('By its owner')
    await rename(helper, 'Of the helper again')
    const asked = helper.getByRole('alertdialog', { name: 'Somebody else changed this map' })
    await asked.getByRole('button', { name: 'Keep mine' }).click()
    await expect.poll(storedTitle).toBe('Of the helper again')
    // Without being let, they look at it and have no title to change.
    await letHelp(false)
    await helper.goto(`/maps/${mapId}`)
    await helper.getByRole('link', { name: 'Open the map' }).waitFor()
    expect(await helper.locator('[title="Rename map"]').count()).toBe(0)
    await rename(second, before)
    await second.getByRole('alertdialog').getByRole('button', { name: 'Keep mine' }).click()
    await expect.poll(storedTitle).toBe(before)
  })

  it('asks before unsaved changes are left, and the version that is not kept is one undo away', async () => {
    await rename(first, 'Too late')
    const question = first.getByRole('alertdialog', { name: 'Somebody else changed this map' })
    await question.waitFor()
    await first.keyboard.press('Escape')
    await first.getByRole('link', { name: 'Back to maps' }).click()
    const dialog = first.getByRole('dialog', { name: 'Leave without saving?' })
    await dialog.waitFor()
    await shot(first, '08-leave')
    await dialog.getByRole('button', { name: 'Stay' }).click()
    await title(first, 'Too late').waitFor()
    await first.getByRole('button', { name: 'Changed elsewhere' }).click()
    await question.getByRole('button', { name: 'Load their version' }).click()
    await title(first, 'Of the second window').waitFor()
    await saved(first)
    await first.getByRole('button', { name: 'Undo' }).click()
    await title(first, 'Too late').waitFor()
    await expect.poll(storedTitle).toBe('Too late')
    await saved(first)
    await first.getByRole('link', { name: 'Back to maps' }).click()
    await first.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
  })
})

describe('the first visitor of a server without demo', () => {
  it('sets up the organization with the printed link, which works once', async () => {
    const home = await mkdtemp(join(tmpdir(), 'graticule-setup-'))
    const server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
    try {
      const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(server.output())?.[0] ?? ''
      const { page, watch, close } = await openPage(browser, server.baseUrl)
      await page.goto('/setup?token=made-up')
      await page.getByText('This set-up link cannot be used').waitFor()
      await page.goto(link)
      await page.getByLabel('Organization').fill('Cartographers')
      await page.getByLabel('Your name').fill('Ana')
      await page.getByLabel('E-mail').fill('ana@example.org')
      await page.getByRole('textbox', { name: 'Password' }).fill('short')
      await page.getByRole('button', { name: 'Create organization' }).click()
      await page.getByText('Use at least 10 characters.').waitFor()
      await shot(page, '09-setup')
      await page.getByRole('textbox', { name: 'Password' }).fill('long enough for a map')
      await page.getByRole('button', { name: 'Create organization' }).click()
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
      await page.waitForLoadState('networkidle')
      await shot(page, '10-first-home')
      expect(await page.getByText(/^Demo: this workspace/).count()).toBe(0)
      await page.goto('/settings/organization')
      await expect.poll(() => page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Cartographers')
      await page.goto(link)
      await page.getByText('This set-up link cannot be used').waitFor()
      expect(watch.problems()).toEqual([])
      await close()
    } finally {
      const code = await server.stop()
      await rm(home, { recursive: true, force: true })
      expect(code).toBe(0)
    }
    expect(problemsOf(server)).toEqual([])
  })
})
