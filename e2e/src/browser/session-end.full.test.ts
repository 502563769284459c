import { emptyMapDocument, type MapDetail, type SessionSummary } from '@graticule/contract'
import { TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, targets } = inject('servers')
const STAMP = Date.now().toString(36)
const SQL = `SELECT * FROM demo.earthquakes WHERE magnitude > 4.5 AND '${STAMP}' <> ''`

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}
const editor = person('editor')
const viewer = person('viewer')

let browser: Browser
let client: WorkspaceClient
beforeAll(async () => {
  browser = await launchChromium()
  client = await WorkspaceClient.signIn(baseUrl, editor.email, editor.password)
})
afterAll(async () => {
  await browser?.close()
})

let watched: WatchedPage
let page: Page
/** What the test itself made the browser complain of. */
let provoked: RegExp | null
beforeEach(async () => {
  watched = await openPage(browser, baseUrl, {
    // What is asked between two sessions, what the next person may not see, and a host that does not exist.
    expectedRefusals: [/^401 \//, /^404 \/workspace-api\/maps\//, /^503 \/v3\/connections\/test$/],
  })
  page = watched.page
  provoked = null
  await signInThroughForm(page, editor)
})
afterEach(async () => {
  const problems = watched.watch.problems().filter((problem) => !provoked?.test(problem))
  await watched.close()
  expect(problems).toEqual([])
})

/** Ends the editor's sessions in browsers, from another session of theirs. */
async function endSession(): Promise<void> {
  const answer = await client.call<SessionSummary[] | { sessions: SessionSummary[] }>('GET', '/auth/sessions')
  const sessions = Array.isArray(answer) ? answer : answer.sessions
  const ended = sessions.filter((session) => !session.isCurrent && session.userAgent.includes('Chrome'))
  expect(ended.length).toBeGreaterThan(0)
  for (const { id } of ended) await client.call('DELETE', `/auth/sessions/${id}`)
}

const again = () => page.getByRole('dialog', { name: 'Your session has ended' })
const otherPerson = () => page.getByRole('dialog', { name: 'Somebody else is signed in' })

async function signInAgain(who: { email: string; password: string }): Promise<void> {
  const dialog = again()
  await dialog.getByLabel('E-mail').fill(who.email)
  await dialog.getByRole('textbox', { name: 'Password' }).fill(who.password)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Without the pointer, whose way over the page may itself be what is refused and opens the dialog. */
const openSection = (name: string) =>
  page.getByRole('navigation').getByRole('link', { name }).dispatchEvent('click', { button: 0 })

async function judgeLooks(name: string): Promise<void> {
  for (const { look, ...options } of [...LOOKS, LOOKS[0]]) {
    await page.emulateMedia({ colorScheme: options.colorScheme })
    await page.setViewportSize(options)
    await judgePage(page, `session-end-${name}-${look}`)
  }
}

describe('in Builder', () => {
  let mapId: string
  beforeEach(async () => {
    mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument('Before') })).id
    await page.goto(`/maps/${mapId}`)
    await title('Before').waitFor()
    await page.getByRole('button', { name: 'SQL', exact: true }).click()
    await drawer()
      .locator('input')
      .and(drawer().getByLabel('Connection', { exact: true }))
      .click()
    await page.getByRole('option', { name: targets[0]?.connectionName ?? '', exact: true }).click()
    await page.getByRole('textbox', { name: 'SQL query' }).fill(SQL)
  })

  const drawer = () => page.getByRole('region', { name: 'SQL' })
  const title = (text: string) => page.locator('[title="Rename map"]').filter({ hasText: text })
  const storedTitle = async () => (await client.call<MapDetail>('GET', `/workspace-api/maps/${mapId}`)).document.title
  const status = (text: RegExp) => page.getByRole('status').filter({ hasText: text })
  async function rename(text: string): Promise<void> {
    await page.locator('[title="Rename map"]').click()
    await page.getByLabel('Map title').fill(text)
    await page.keyboard.press('Enter')
  }

  test('what was typed outlives the session: the person signs in over the page, and it is stored', async () => {
    await endSession()
    await rename('After')
    await again().waitFor()
    expect(await again().getByLabel('E-mail').inputValue()).toBe(editor.email)
    await judgeLooks('builder')
    expect(await storedTitle()).toBe('Before')
    await signInAgain({ email: editor.email, password: 'wrong' })
    await again().getByRole('alert').waitFor()
    await signInAgain(editor)
    await again().waitFor({ state: 'hidden' })
    await status(/^Saved$/).waitFor()
    expect(await storedTitle()).toBe('After')
    expect(await page.getByRole('textbox', { name: 'SQL query' }).textContent()).toBe(SQL)
    await drawer().getByRole('button', { name: 'Run' }).click()
    await drawer().getByRole('table').waitFor()
    await drawer().getByRole('button', { name: 'Add to map' }).click()
    await page.locator('aside ol li button[aria-pressed][title]').first().waitFor()
    await status(/^Saved$/).waitFor()
    const stored = await client.call<MapDetail>('GET', `/workspace-api/maps/${mapId}`)
    expect(stored.document.datasets[0]?.source).toBe(SQL)
  })

  test('neither Escape nor a shortcut leads past the question, and running SQL asks it too', async () => {
    await endSession()
    await drawer().getByRole('button', { name: 'Run' }).click()
    await again().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    // Beside the dialog nothing has the focus.
    await page.mouse.click(5, 5)
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Control+j')
    expect(await page.getByPlaceholder(/Go to a page/).count()).toBe(0)
    expect(await page.getByRole('textbox', { name: 'SQL query' }).textContent()).toBe(SQL)
    await signInAgain(editor)
    await again().waitFor({ state: 'hidden' })
    await drawer().getByRole('button', { name: 'Run' }).click()
    await drawer().getByRole('table').waitFor()
  })

  test('somebody else who signs in sees nothing of it, and stores nothing of it', async () => {
    await client.call('POST', `/workspace-api/maps/${mapId}/privacy`, { privacy: 'private' })
    await endSession()
    await rename('A secret of mine')
    await again().waitFor()
    await signInAgain(viewer)
    await otherPerson().waitFor()
    await judgeLooks('other')
    expect(await storedTitle()).toBe('Before')
    await otherPerson()
      .getByRole('button', { name: /^Go on as / })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByText(viewer.email).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.content()).not.toContain('A secret of mine')
    await page.goto(`/maps/${mapId}`)
    await page.getByText('There is no map here for you').waitFor()
    expect(await page.content()).not.toContain(SQL)
    expect(await storedTitle()).toBe('Before')
  })

  test('the first person may come back before the other goes on, and has lost nothing', async () => {
    await endSession()
    await rename('Mine after all')
    await again().waitFor()
    await signInAgain(viewer)
    await otherPerson()
      .getByRole('button', { name: /again$/ })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Password' }).fill(editor.password)
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await status(/^Saved$/).waitFor()
    expect(await storedTitle()).toBe('Mine after all')
    expect(await page.getByRole('textbox', { name: 'SQL query' }).textContent()).toBe(SQL)
  })

  test('edits that could not be stored are not left behind without a question', async () => {
    provoked = /ERR_INTERNET_DISCONNECTED/
    await page.context().setOffline(true)
    await rename('Made on a train')
    await page.getByText('Not saved').first().waitFor()
    await page.getByRole('link', { name: 'Back to maps' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await question.waitFor()
    await judgePage(page, 'session-end-leave')
    await question.getByRole('button', { name: 'Stay' }).click()
    await question.waitFor({ state: 'hidden' })
    await title('Made on a train').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Save again' }).click()
    await status(/^Saved$/).waitFor()
    expect(await storedTitle()).toBe('Made on a train')
    await page.getByRole('link', { name: 'Back to maps' }).click()
    await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
  })
})

test('the form of a connection keeps what was typed, and can be sent afterwards', async () => {
  const values: Record<string, string> = {
    Name: `typed-${STAMP}`,
    Host: 'nowhere.invalid',
    Database: 'stores',
    User: 'reader',
    Password: 'a password that is nobody’s',
  }
  await page.goto('/connections')
  await page.getByRole('button', { name: 'Add connection' }).first().click()
  const form = page.getByRole('dialog', { name: /connection/i })
  const field = (label: string) => form.locator('input').and(form.getByLabel(label)).first()
  for (const [label, value] of Object.entries(values)) await field(label).fill(value)
  await endSession()
  await form.getByRole('button', { name: 'Test connection' }).click()
  await again().waitFor()
  await page.keyboard.press('Escape')
  await judgePage(page, 'session-end-connection')
  await signInAgain(editor)
  await again().waitFor({ state: 'hidden' })
  for (const [label, value] of Object.entries(values)) expect(await field(label).inputValue(), label).toBe(value)
  const tested = page.waitForResponse((response) => response.url().endsWith('/v3/connections/test'))
  await form.getByRole('button', { name: 'Test connection' }).click()
  // The host does not exist, which only somebody is told who is signed in.
  expect((await tested).status()).not.toBe(401)
  await form.getByRole('alert').getByText('nowhere.invalid').waitFor()
})

test('what was refused is asked for again', async () => {
  await page.goto('/maps')
  await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
  await page.waitForLoadState('networkidle')
  await endSession()
  await openSection('Connections')
  await again().waitFor()
  await signInAgain(editor)
  await again().waitFor({ state: 'hidden' })
  await page.getByRole('row').nth(1).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a way back that is taken while the session is gone stays below the dialog', async () => {
  await page.goto('/maps')
  await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
  await openSection('Connections')
  await page.getByRole('row').nth(1).waitFor()
  await endSession()
  await openSection('Workflows')
  await again().waitFor()
  await page.goBack()
  await page.waitForURL('**/connections')
  await signInAgain(editor)
  await again().waitFor({ state: 'hidden' })
  await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor()
  await page.getByRole('row').nth(1).waitFor()
})

test('a sign-in in another tab brings the page back as well', async () => {
  await page.goto('/connections')
  await page.getByRole('row').nth(1).waitFor()
  await endSession()
  await openSection('Maps')
  await again().waitFor()
  const tab = await page.context().newPage()
  await signInThroughForm(tab, editor)
  await tab.close()
  await page.evaluate("window.dispatchEvent(new Event('focus'))")
  await again().waitFor({ state: 'hidden' })
  await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
})

test('a page that is opened without a session goes to the sign-in page', async () => {
  await endSession()
  await page.goto('/connections')
  await page.waitForURL(/\/sign-in\?target=/)
  expect(await again().count()).toBe(0)
})

test('a second factor is asked for in the same place', async () => {
  const post = (path: string, body: object) => client.call<{ secret: string }>('POST', path, body)
  const proof = { kind: 'password', password: editor.password }
  const { secret } = await post('/auth/totp', { proof })
  const code = (periodsAhead: number) =>
    new TOTP({ secret }).generate({ timestamp: Date.now() + periodsAhead * 30_000 })
  await post('/auth/totp/confirm', { code: code(0) })
  try {
    await page.goto('/maps')
    await page.getByRole('heading', { level: 1, name: 'Maps' }).waitFor()
    await endSession()
    await openSection('Connections')
    await again().waitFor()
    await signInAgain(editor)
    await again().getByLabel('Code of the app').fill(code(1))
    await judgePage(page, 'session-end-second-step')
    await again().getByRole('button', { name: 'Sign in', exact: true }).click()
    await again().waitFor({ state: 'hidden' })
    await page.getByRole('row').nth(1).waitFor()
  } finally {
    await post('/auth/totp/remove', { proof })
  }
})
