import type { CertificateSetup, ConnectionSummary, MapDetail } from '@graticule/contract'
import { type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { storesMap } from '../harness/stores-map.ts'
import { takeAway } from '../harness/take-away.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, settled, signInThroughForm } from './signed-in-page.ts'

const { baseUrl, users } = inject('servers')
const STAMP = Date.now().toString(36)
const CONNECTION = `e2e-certified-${STAMP}`
const TITLE = `Certified stores of ${STAMP}`
const PER_REGION = 300

let warehouse: RowSecurityWarehouse
let browser: Browser
let client: WorkspaceClient
let connectionId: string
let mapId: string

function person(role: string) {
  const user = users.find((each) => each.role === role)
  if (!user) throw new Error(`demo.json names no ${role}`)
  return user
}

/** What the database calls somebody. */
const roleOf = (role: string) => person(role).email.split('@')[0] ?? ''

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION, ssl: true })
  const { email, password } = person('admin')
  client = await WorkspaceClient.signIn(baseUrl, email, password)
  const draft = { name: CONNECTION, providerId: 'postgres', config: warehouse.config('author'), privacy: 'shared' }
  connectionId = (await client.call<ConnectionSummary>('POST', '/v3/connections', draft)).id
  mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document: storesMap(TITLE, CONNECTION) })).id
  await client.call('PUT', `/workspace-api/maps/${mapId}/sharing`, { privacy: 'shared' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  if (client) await takeAway(client, STAMP, CONNECTION)
  await warehouse?.stop()
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
    await page.setViewportSize(shape)
    await page.emulateMedia({ colorScheme: shape.colorScheme })
    await judgePage(page, `certificate-${name}-${look}`)
  }
}

test('an owner lets everybody in by certificate, and hands over what the database needs', async () => {
  const { close, page, watch } = await openPage(browser, baseUrl)
  await signInThroughForm(page, person('admin'))
  await page.goto('/connections')
  await page.getByRole('button', { name: `Actions for ${CONNECTION}` }).click()
  await page.getByRole('menuitem', { name: 'Share connection' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^Each person’s certificate, without a password/ }).click()
  const lines = dialog.getByRole('region', { name: 'What the administrator of the database sets up' })
  await lines.getByText(/^hostssl .*cert {2}map=graticule$/).waitFor()
  await lines.getByText(new RegExp(`"${roleOf('viewer')}"`)).waitFor()
  await lines.getByText('-----BEGIN CERTIFICATE-----').waitFor()
  await dialog.getByText(/let in by certificate, and sees? nothing until the database knows/).waitFor()
  await judge(page, 'choice')
  await lines.getByText(/^pg_ident\.conf/).scrollIntoViewIfNeeded()
  await judge(page, 'setup')
  await dialog.getByRole('button', { name: 'Let each person in by certificate' }).click()
  await page.getByText(`Everybody is let in at “${CONNECTION}” by a certificate of their own.`).waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('row').filter({ hasText: CONNECTION }).getByText('Certificates').waitFor()
  expect(watch.problems()).toEqual([])
  await close()
})

test('a viewer reads the map without giving anything, and who is not known there is told what to ask for', async () => {
  const url = `/v3/connections/${connectionId}/certificate-setup`
  const setup = await client.call<CertificateSetup>('POST', url, undefined)
  const viewer = roleOf('viewer')
  for (const text of [...setup.sql, `CREATE ROLE "${viewer}" LOGIN IN ROLE graticule_viewers, north`]) {
    await warehouse.query(text)
  }
  const ident = setup.ident.filter((line) => line.endsWith(`"${viewer}"`))
  await warehouse.trustCertificates({ authority: setup.authority, hba: setup.hba, ident })

  const known = await openPage(browser, baseUrl)
  await signInThroughForm(known.page, person('viewer'))
  await known.page.goto(`/map/${mapId}`)
  const count = known.page.getByRole('status', { name: 'Stores', exact: true })
  await count.getByText(String(PER_REGION), { exact: true }).waitFor()
  await settled(known.page)
  expect(await known.page.getByRole('button', { name: 'Add my credentials' }).count()).toBe(0)
  expect(known.watch.problems()).toEqual([])
  await known.close()

  const unknown = await openPage(browser, baseUrl, { expectedRefusals: [/^403 \/v3\/(maps|sql|stats)\//] })
  await signInThroughForm(unknown.page, person('editor'))
  await unknown.page.goto(`/map/${mapId}`)
  const banner = unknown.page.getByRole('region', { name: 'Database logins' })
  await banner
    .getByText(/add this line to pg_ident\.conf: graticule/)
    .first()
    .waitFor()
  expect(await unknown.page.getByRole('button', { name: 'Add my credentials' }).count()).toBe(0)
  await settled(unknown.page)
  await judge(unknown.page, 'unknown')
  expect(unknown.watch.problems()).toEqual([])
  await unknown.close()
})
