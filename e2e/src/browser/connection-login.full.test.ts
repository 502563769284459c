import { emptyMapDocument, type MapDetail } from '@graticule/contract'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, signInThroughForm, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, postgres } = inject('servers')
const STAMP = Date.now().toString(36)
const [ROLE, SCHEMA, CONNECTION] = [`reader_${STAMP}`, `shops_${STAMP}`, `e2e-login-${STAMP}`]
const LABEL = `Shops ${STAMP}`
const SET_UP = `
  CREATE ROLE ${ROLE} LOGIN PASSWORD 'reader' BYPASSRLS;
  CREATE SCHEMA ${SCHEMA};
  CREATE TABLE ${SCHEMA}.shops (id integer PRIMARY KEY, region text, geom geometry(Point, 4326));
  INSERT INTO ${SCHEMA}.shops SELECT n, CASE WHEN n % 2 = 0 THEN 'north' ELSE 'south' END,
    ST_SetSRID(ST_MakePoint(n * 0.618034 % 20 - 10, 35 + n * 0.414214 % 20), 4326) FROM generate_series(1, 20000) AS n;
  CREATE INDEX ON ${SCHEMA}.shops USING gist (geom);
  ALTER TABLE ${SCHEMA}.shops ENABLE ROW LEVEL SECURITY;
  CREATE POLICY regions ON ${SCHEMA}.shops USING (region = 'north');
  CREATE VIEW ${SCHEMA}.all_shops AS SELECT id, region FROM ${SCHEMA}.shops;
  GRANT USAGE, CREATE ON SCHEMA ${SCHEMA} TO ${ROLE};
  GRANT SELECT ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${ROLE};
  ANALYZE ${SCHEMA}.shops;
`

let browser: Browser
let superuser: pg.Client
let watched: WatchedPage
let mapId: string

beforeAll(async () => {
  superuser = new pg.Client({ connectionString: postgres.connectionString })
  await superuser.connect()
  await superuser.query(SET_UP)
  const editor = users.find(({ role }) => role === 'editor')
  if (!editor) throw new Error('demo.json names no editor')
  const client = await WorkspaceClient.signIn(baseUrl, editor.email, editor.password)
  const database = new URL(postgres.connectionString).pathname.slice(1)
  const config = { host: postgres.host, port: postgres.port, database, user: ROLE, password: 'reader' }
  await client.call('POST', '/v3/connections', { name: CONNECTION, providerId: 'postgres', config, privacy: 'private' })
  const dataset = {
    ...{ id: 'd1', type: 'table', source: `${SCHEMA}.shops`, connectionName: CONNECTION, providerId: 'postgres' },
    ...{ label: LABEL, geoColumn: 'geom', columns: null, format: 'tilejson' },
  } as const
  const document = { ...emptyMapDocument(LABEL), datasets: [dataset] }
  mapId = (await client.call<MapDetail>('POST', '/workspace-api/maps', { document })).id
  browser = await launchChromium()
  watched = await openPage(browser, baseUrl)
  await signInThroughForm(watched.page, editor)
})
afterAll(async () => {
  await watched?.close()
  await browser?.close()
  await superuser?.end()
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
    await page.setViewportSize(shape)
    await page.emulateMedia({ colorScheme: shape.colorScheme })
    await judgePage(page, `${name}-${look}`)
  }
}

test('the keeper of a connection reads what its login can do, mends it, and checks again', async () => {
  const { page } = watched
  await page.goto('/connections')
  await page.getByRole('button', { name: `Actions for ${CONNECTION}` }).click()
  await page.getByRole('menuitem', { name: 'Login and rights' }).click()
  await page.getByText('Not fit for viewer credentials').waitFor()
  await page.getByText(`The login ${ROLE} bypasses row-level security`).waitFor()
  await judge(page, 'connection-login-red')
  await superuser.query(`ALTER ROLE ${ROLE} NOBYPASSRLS`)
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('Fit, with things to look at').waitFor()
  await page.getByText(`The view ${SCHEMA}.all_shops reads`).waitFor()
})

test('the script of rights follows the purpose and the schemas, and names what is too much', async () => {
  const { page } = watched
  await page.getByRole('combobox', { name: 'Schemas' }).click()
  await page.getByRole('option', { name: SCHEMA }).click()
  await page.keyboard.press('Escape')
  await page.getByText(`has CREATE on the schema ${SCHEMA}`).waitFor()
  await judge(page, 'connection-login-rights')
  await superuser.query(`REVOKE CREATE ON SCHEMA ${SCHEMA} FROM ${ROLE}`)
  const script = (await page.getByRole('region', { name: 'Script of all rights' }).textContent()) ?? ''
  expect(script).toContain(`GRANT SELECT ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${ROLE};`)
  await superuser.query(script)
  await page.reload()
  await page.getByRole('combobox', { name: 'Schemas' }).click()
  await page.getByRole('option', { name: SCHEMA }).click()
  await page.getByText('The login has these rights and none too much.').waitFor()
})

test('Builder says why a source is slow under the login, with the script that mends it', async () => {
  const { page } = watched
  await page.goto(`/maps/${mapId}`)
  const ask = async () => {
    await page.getByRole('button', { name: `Actions of source ${LABEL}` }).click()
    await page.getByRole('menuitem', { name: 'Check its speed' }).click()
  }
  await ask()
  await page.getByText('Slow because row-level security is on').waitFor()
  await judge(page, 'connection-login-slow')
  await superuser.query((await page.getByRole('region', { name: 'What mends it' }).textContent()) ?? '')
  await page.getByRole('button', { name: 'Ask again' }).click()
  await page.getByText('shops_tile_key_idx').first().waitFor()
})
