import { emptyMapDocument, type InviteResult, type MapDetail } from '@graticule/contract'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { findAccessibilityProblems } from '../harness/accessibility.ts'
import { launchChromium } from '../harness/chromium.ts'
import { artifactPath } from '../harness/repository.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import {
  type OpenPageOptions,
  openPage,
  sidewaysOverflow,
  signInThroughForm,
  type WatchedPage,
} from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const NINA = { email: `nina-${Date.now()}@example.org`, password: 'long enough for a map', name: 'Nina Berg' }

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

let browser: Browser
const opened: WatchedPage[] = []
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
})

async function open(options: OpenPageOptions = {}): Promise<Page> {
  const watched = await openPage(browser, baseUrl, options)
  opened.push(watched)
  return watched.page
}

const shot = (page: Page, name: string) => page.screenshot({ path: artifactPath(`people-${name}.png`) })

describe('somebody is invited, joins, sees what is shared, and is demoted', () => {
  let admin: Page
  let nina: Page
  let link: string
  let ownMapId: string
  let titles: { shared: string; private: string }

  beforeAll(async () => {
    const { email, password } = person('editor')
    const editor = await WorkspaceClient.signIn(baseUrl, email, password)
    const createMap = (title: string) =>
      editor.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument(title) })
    titles = { shared: `Atlas for all ${Date.now()}`, private: `Atlas for one ${Date.now()}` }
    const shared = await createMap(titles.shared)
    await editor.call('POST', `/workspace-api/maps/${shared.id}/privacy`, { privacy: 'shared' })
    await createMap(titles.private)
    admin = await open()
    await signInThroughForm(admin, person('admin'))
    nina = await open({ expectedRefusals: [/^401 \/auth\/invitation\/read$/, /^404 \/workspace-api\/maps\//] })
  })
  afterAll(() => {
    expect(opened.flatMap((each) => each.watch.problems())).toEqual([])
  })

  it('gives each address its link, and says which cannot be invited', async () => {
    await admin.goto('/settings/invitations')
    await admin.getByRole('button', { name: 'Invite people' }).first().click()
    const dialog = admin.getByRole('dialog')
    await dialog.getByLabel('E-mail addresses').fill(`${NINA.email}, ${person('viewer').email}`)
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await admin.getByRole('option', { name: 'Editor' }).click()
    await dialog.getByRole('button', { name: 'Invite 2 people' }).click()
    link = await dialog.getByLabel(`Link for ${NINA.email}`).inputValue()
    await dialog.getByText('Somebody with this e-mail is already in the organization.').waitFor()
    await shot(admin, '01-links')
    expect(await findAccessibilityProblems(admin)).toEqual([])
    await dialog.getByRole('button', { name: 'Done' }).click()
    await admin.getByRole('row').filter({ hasText: NINA.email }).getByText('Pending').waitFor()
    await admin.getByRole('link', { name: 'Outbox' }).click()
    await admin.getByRole('article', { name: `Mail to ${NINA.email}` }).waitFor()
  })

  it('lets the invited person in once, who then sees what is shared and nothing else', async () => {
    await nina.goto(link)
    await nina.getByText('invites you as an editor').waitFor()
    await nina.getByLabel('Your name').fill(NINA.name)
    await nina.getByRole('textbox', { name: 'Password' }).fill(NINA.password)
    await shot(nina, '02-join')
    expect(await findAccessibilityProblems(nina)).toEqual([])
    await nina.getByRole('button', { name: 'Join' }).click()
    await nina.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await nina.goto('/maps?search=atlas%20for')
    const found = nina.getByRole('main').getByRole('link', { name: /^Open / })
    await expect.poll(() => found.allTextContents()).toEqual([titles.shared])
    await nina.goto('/settings/users')
    await nina.getByRole('heading', { name: 'Users is not for your role' }).waitFor()
    await nina.getByText('Your role (editor) cannot see when people were last here').waitFor()
    await nina.goto(link)
    await nina.getByRole('alert').getByText('This invitation has been accepted already;').waitFor()
  })

  it('leads back from a page of the list that is no longer there', async () => {
    await admin.goto('/settings/users?page=9')
    await admin.getByText(/^\d+ people$/).waitFor()
    expect(await findAccessibilityProblems(admin)).toEqual([])
    await admin.getByRole('button', { name: '1', exact: true }).click()
    await admin.getByText(person('editor').email).waitFor()
  })

  it('says what moves before a demotion, and moves it to the receiver', async () => {
    const client = await WorkspaceClient.signIn(baseUrl, NINA.email, NINA.password)
    const map = await client.call<MapDetail>('POST', '/workspace-api/maps', {
      document: emptyMapDocument('Nina’s own'),
    })
    ownMapId = map.id
    await admin.goto('/settings/users')
    await admin.getByRole('textbox', { name: 'Search people' }).fill(NINA.email)
    await admin.getByText('1 person', { exact: true }).waitFor()
    await admin.getByRole('button', { name: `Role of ${NINA.name}: Editor` }).focus()
    await admin.keyboard.press('Enter')
    const superadmin = admin.getByRole('menuitem', { name: /^Superadmin/ })
    await superadmin.getByText('Only an admin can be made a superadmin').waitFor()
    expect(await superadmin.isDisabled()).toBe(true)
    await admin.getByRole('menuitem', { name: 'Viewer', exact: true }).click()
    const dialog = admin.getByRole('dialog', { name: `Make ${NINA.name} a viewer?` })
    await dialog.getByText('1 map moves to the receiver, shared as before.').waitFor()
    const receiver = dialog.getByRole('combobox', { name: 'Who receives what they own' })
    expect(await receiver.inputValue()).toMatch(/\(you\)$/)
    // A click waits until the dialog has stopped moving and has taken the focus.
    await receiver.click()
    await receiver.fill(person('editor').email)
    await admin.getByRole('option', { name: new RegExp(person('editor').email) }).click()
    await shot(admin, '03-demotion')
    expect(await findAccessibilityProblems(admin)).toEqual([])
    await dialog.getByRole('button', { name: 'Make a viewer' }).click()
    await admin.getByText(`${NINA.name} is now a viewer.`).waitFor()
    await admin.getByRole('button', { name: `Role of ${NINA.name}: Viewer` }).waitFor()
    const editor = await WorkspaceClient.signIn(baseUrl, person('editor').email, person('editor').password)
    const moved = await editor.call<MapDetail>('GET', `/workspace-api/maps/${ownMapId}`)
    expect(moved).toMatchObject({ privacy: 'private', owner: { email: person('editor').email } })
  })

  it('changes the role of several who are selected, and says of whom it was not changed', async () => {
    await admin.goto('/settings/users')
    const self = admin.getByRole('row').filter({ has: admin.getByText('You', { exact: true }) })
    await self.getByRole('checkbox').focus()
    await admin.keyboard.press('Space')
    await admin.getByRole('checkbox', { name: `Select ${NINA.name}` }).check()
    await admin.getByRole('region', { name: '2 people selected' }).waitFor()
    await shot(admin, '03-selected')
    expect(await findAccessibilityProblems(admin)).toEqual([])
    await admin.getByRole('button', { name: 'Change role', exact: true }).click()
    const dialog = admin.getByRole('dialog', { name: 'Change the role of 2 people' })
    await dialog.getByRole('combobox', { name: 'New role' }).click()
    await admin.getByRole('option', { name: 'Guest viewer' }).click()
    await dialog.getByText(`${NINA.name}: becomes a guest viewer.`).waitFor()
    await dialog.getByText(/stays as now. Nobody changes their own role/).waitFor()
    await shot(admin, '03-selected-role')
    expect(await findAccessibilityProblems(admin)).toEqual([])
    const wide = admin.viewportSize()
    await admin.setViewportSize({ width: 390, height: 720 })
    await shot(admin, '03-selected-role-narrow')
    expect(await sidewaysOverflow(admin)).toBe(0)
    if (wide !== null) await admin.setViewportSize(wide)
    await dialog.getByRole('button', { name: 'Change role' }).click()
    await dialog.getByText('1 person stays as they were:').waitFor()
    await dialog.getByText(/Nobody changes their own role/).waitFor()
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await admin.getByRole('button', { name: `Role of ${NINA.name}: Guest viewer` }).waitFor()
    expect(await admin.getByRole('region', { name: /selected$/ }).count()).toBe(0)
  })

  it('deletes several at once, and what they own is the receiver’s', async () => {
    const client = await WorkspaceClient.signIn(baseUrl, person('admin').email, person('admin').password)
    const leaving = ['Kim', 'Lee'].map((name) => ({
      name: `${name} ${Date.now()}`,
      email: `${name}-${Date.now()}@example.org`,
    }))
    const ids: string[] = []
    for (const { name, email } of leaving) {
      const { results } = await client.call<{ results: InviteResult[] }>('POST', '/workspace-api/invitations', {
        emails: [email],
        role: 'editor',
      })
      const link = results[0]?.outcome === 'invited' ? results[0].link : undefined
      const accepting = { token: link?.split('#')[1], name, password: NINA.password }
      await client.call('POST', '/auth/invitation', accepting)
      const own = await WorkspaceClient.signIn(baseUrl, email, NINA.password)
      const map = await own.call<MapDetail>('POST', '/workspace-api/maps', { document: emptyMapDocument(name) })
      ids.push(map.id)
    }
    await admin.goto('/settings/users')
    for (const { name } of leaving) await admin.getByRole('checkbox', { name: `Select ${name}` }).check()
    const selection = admin.getByRole('region', { name: '2 people selected' })
    await selection.getByRole('button', { name: 'Delete', exact: true }).click()
    const dialog = admin.getByRole('dialog', { name: 'Delete 2 people?' })
    for (const { name } of leaving)
      await dialog.getByText(new RegExp(`${name}: 1 map moves to .*, shared as before`)).waitFor()
    const receiver = dialog.getByRole('combobox', { name: 'Who receives what they own' })
    expect(await receiver.inputValue()).toMatch(/\(you\)$/)
    await receiver.click()
    await receiver.fill(person('editor').email)
    await admin.getByRole('option', { name: new RegExp(person('editor').email) }).click()
    await shot(admin, '03-deletion')
    expect(await findAccessibilityProblems(admin)).toEqual([])
    await dialog.getByRole('button', { name: 'Delete 2 people' }).click()
    await admin.getByText('2 people were deleted.').waitFor()
    const editor = await WorkspaceClient.signIn(baseUrl, person('editor').email, person('editor').password)
    for (const id of ids) {
      const moved = await editor.call<MapDetail>('GET', `/workspace-api/maps/${id}`)
      expect(moved.owner.email).toBe(person('editor').email)
    }
  })

  it('leaves a viewer with what viewers have', async () => {
    await nina.goto('/')
    await nina.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    expect(await nina.getByRole('navigation').getByRole('link', { name: 'Developers' }).count()).toBe(0)
    await nina.goto(`/maps/${ownMapId}`)
    await nina.getByText('There is no map here for you').waitFor()
  })
})

describe('somebody forgot their password', () => {
  it('and sets a new one by the link that was written to them', async () => {
    const admin = await open()
    await signInThroughForm(admin, person('admin'))
    const page = await open({ expectedRefusals: [/^401 \/auth\/password\/reset$/] })
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    // The page before has a field of the same name.
    await page.getByRole('button', { name: 'Send a link' }).waitFor()
    await page.getByLabel('E-mail').fill(NINA.email)
    await page.getByRole('button', { name: 'Send a link' }).click()
    await page.getByText('Look into your mail').waitFor()
    expect(await findAccessibilityProblems(page)).toEqual([])
    await admin.goto('/settings/outbox')
    const mail = admin.getByRole('article', { name: `Mail to ${NINA.email}` }).filter({ hasText: 'A new password' })
    const link = /\S+\/password#\S+/.exec((await mail.textContent()) ?? '')?.[0] ?? ''
    await page.goto(link)
    await page.getByRole('textbox', { name: 'New password' }).fill('an entirely new one')
    await shot(page, '04-new-password')
    expect(await findAccessibilityProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'Set password and sign in' }).click()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.goto('/settings')
    await page.getByRole('textbox', { name: 'Present password' }).fill('an entirely new one')
    await page.getByRole('textbox', { name: 'New password' }).fill(NINA.password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed').waitFor()
    await WorkspaceClient.signIn(baseUrl, NINA.email, NINA.password)
    expect(opened.flatMap((each) => each.watch.problems())).toEqual([])
  })
})

describe.each([
  { look: 'light', width: 1280, colorScheme: 'light' },
  { look: 'dark', width: 1280, colorScheme: 'dark' },
  { look: 'narrow', width: 390, colorScheme: 'dark' },
] as const)('the settings about people, $look', ({ look, width, colorScheme }) => {
  let page: Page
  beforeAll(async () => {
    page = await open({ width, colorScheme })
    await signInThroughForm(page, person('superadmin'))
  })

  it.each([
    { name: 'users', path: '/settings/users', text: 'Last seen' },
    { name: 'nobody', path: '/settings/users?search=nobody-has-this', text: 'Nobody matches' },
    { name: 'quotas', path: '/settings/quotas', text: 'Editor seats at most' },
    { name: 'general', path: '/settings/organization', text: 'Role of new people' },
    { name: 'invitations', path: '/settings/invitations', text: 'Invited by' },
    { name: 'profile', path: '/settings', text: 'Present password' },
    { name: 'outbox', path: '/settings/outbox', text: 'No mail server is set' },
  ])('$name fits and is accessible', async ({ name, path, text }) => {
    await page.goto(path)
    await page.getByText(text).first().waitFor()
    await page.waitForLoadState('networkidle')
    await shot(page, `${look}-${name}`)
    expect(await sidewaysOverflow(page)).toBe(0)
    expect(await findAccessibilityProblems(page)).toEqual([])
  })
})
