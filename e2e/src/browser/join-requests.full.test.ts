import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { type RunningServer, startServer } from '../harness/server-process.ts'
import { setUpOrganization } from '../harness/set-up-organization.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm } from './signed-in-page.ts'

const ADMIN = { email: 'ada@corp.example', password: 'correct horse battery' }

let home: string
let server: RunningServer
let browser: Browser

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-join-'))
  server = await startServer({ home, via: 'main', env: { GRATICULE_DEMO: 'off' } })
  browser = await launchChromium()
  await setUpOrganization(server, ADMIN)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const judge = (page: Page, name: string) => judgePage(page, `join-${name}`)

test('an admin opens the door, a visitor asks, and is let in by the link they get', async () => {
  const admin = await openPage(browser, server.baseUrl)
  const visitor = await openPage(browser, server.baseUrl)
  await visitor.page.goto('/join')
  await visitor.page.getByText('Nobody can ask to join here').waitFor()

  await signInThroughForm(admin.page, ADMIN)
  await admin.page.goto('/settings/join-requests')
  await admin.page.getByText('Nobody waits').waitFor()
  await admin.page.getByRole('switch', { name: 'People may ask to join' }).click()
  const plan = admin.page.getByRole('dialog', { name: 'What this changes' })
  await plan.getByText('Anybody may ask to join.').waitFor()
  await plan.getByRole('button', { name: 'Save changes' }).click()
  await admin.page.getByLabel('Where people ask').waitFor()

  await visitor.page.goto('/sign-in')
  await visitor.page.getByRole('link', { name: 'No account yet? Ask to join.' }).click()
  // The page that one leaves has a field for the e-mail too.
  await visitor.page.getByRole('heading', { name: 'Ask to join' }).waitFor()
  await visitor.page.getByLabel('E-mail').fill('nina@corp.example')
  await visitor.page.getByLabel('Your name').fill('Nina')
  await visitor.page.getByLabel('Message to the admins (optional)').fill('I work with Ada on the flood maps.')
  for (const { look, ...options } of LOOKS) {
    await visitor.page.emulateMedia({ colorScheme: options.colorScheme })
    await visitor.page.setViewportSize(options)
    await judge(visitor.page, `ask-${look}`)
  }
  await visitor.page.getByRole('button', { name: 'Ask to join' }).click()
  await visitor.page.getByText('Your request is on its way').waitFor()

  for (const { look, ...options } of LOOKS) {
    await admin.page.emulateMedia({ colorScheme: options.colorScheme })
    await admin.page.setViewportSize(options)
    await admin.page.reload()
    await admin.page.getByText('I work with Ada on the flood maps.').waitFor()
    await judge(admin.page, `settings-${look}`)
  }
  await admin.page.getByRole('button', { name: 'Accept' }).click()
  const dialog = admin.page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Accept' }).click()
  const link = await dialog.getByRole('textbox', { name: 'Link for nina@corp.example' }).inputValue()
  await admin.close()

  await visitor.page.goto(link)
  await visitor.page.getByLabel('Your name').fill('Nina')
  await visitor.page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
  await visitor.page.getByRole('button', { name: 'Join' }).click()
  await visitor.page.getByRole('button', { name: /Nina/ }).waitFor()
  await visitor.close()
}, 180_000)
