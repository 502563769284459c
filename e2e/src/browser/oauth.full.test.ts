import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium } from '../harness/chromium.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { judgePage, LOOKS } from './judged-page.ts'
import { openPage, type WatchedPage } from './signed-in-page.ts'

const { baseUrl, users, targets } = inject('servers')
const STAMP = Date.now().toString(36)
const TITLE = `Shop finder ${STAMP}`
const PROGRAM = `Nightly program ${STAMP}`
const target = targets[2]
const sample = target && Object.values(target.samples)[0]

/** An application of somebody else: it signs people in and reads a tile with the token that it gets. */
const siteOf = (clientId: string) => `<!doctype html><title>Shop finder</title>
<button id="in">Sign in</button> <button id="again">Read again</button> <output id="out">nothing yet</output>
<script type="module">
const base = ${JSON.stringify(baseUrl)}, clientId = ${JSON.stringify(clientId)}
const redirect = location.origin + '/'
const out = document.querySelector('#out')
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
document.querySelector('#in').onclick = async () => {
  const verifier = encode(crypto.getRandomValues(new Uint8Array(32)))
  sessionStorage.setItem('verifier', verifier)
  const challenge = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
  location.assign(base + '/oauth/authorize?' + new URLSearchParams({
    client_id: clientId, redirect_uri: redirect, response_type: 'code', scope: 'openid profile email',
    audience: 'carto-cloud-native-api', code_challenge: challenge, code_challenge_method: 'S256',
  }))
}
const code = new URLSearchParams(location.search).get('code')
let token = null
async function read() {
  const get = async (url) => {
    const answer = await fetch(url, { headers: { authorization: 'Bearer ' + token } })
    if (!answer.ok) throw new Error(String(answer.status))
    return answer
  }
  try {
    const source = await (await get(base + ${JSON.stringify(`/v3/maps/${target?.connectionName}/table?name=${sample?.table}`)})).json()
    const { tiles } = await (await get(source.tilejson.url[0])).json()
    const tile = await (await get(tiles[0].replace('{z}/{x}/{y}', '0/0/0'))).arrayBuffer()
    out.textContent = 'tile of ' + (tile.byteLength > 0 ? 'some' : 'no') + ' bytes'
  } catch (error) {
    out.textContent = 'refused with ' + error.message
  }
}
document.querySelector('#again').onclick = read
if (code !== null) {
  const answer = await fetch(base + '/oauth/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirect,
    code_verifier: sessionStorage.getItem('verifier'),
  }) })
  token = (await answer.json()).access_token
  await read()
}
</script>`

let browser: Browser
let client: WorkspaceClient
let site: Server
let origin: string
let clientId = ''
let watched: WatchedPage

beforeAll(async () => {
  const admin = users.find(({ role }) => role === 'admin')
  if (!admin) throw new Error('demo.json names no admin')
  client = await WorkspaceClient.signIn(baseUrl, admin.email, admin.password)
  site = createServer((request, response) => {
    if (request.url?.startsWith('/favicon')) response.writeHead(204).end()
    else response.writeHead(200, { 'content-type': 'text/html' }).end(siteOf(clientId))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const made = await client.call<{ id: string }>('POST', '/v3/oauth-clients', {
    kind: 'spa',
    title: TITLE,
    callbackUrls: [`${origin}/`],
    loginUri: `${origin}/`,
  })
  clientId = made.id
  browser = await launchChromium()
  watched = await openPage(browser, baseUrl, { origins: [origin], expectedRefusals: [/^401 \/v3\/maps\//] })
})
afterAll(async () => {
  const clients = await client.call<{ id: string; title: string }[]>('GET', '/v3/oauth-clients')
  for (const { id, title } of clients) {
    if (title === TITLE || title === PROGRAM) await client.call('DELETE', `/v3/oauth-clients/${id}`)
  }
  await watched?.close()
  await browser?.close()
  site.closeAllConnections()
  site.close()
})

async function judge(page: Page, name: string): Promise<void> {
  for (const { look, ...shape } of [...LOOKS, LOOKS[0]]) {
    await page.setViewportSize(shape)
    await page.emulateMedia({ colorScheme: shape.colorScheme })
    await judgePage(page, `${name}-${look}`)
  }
}

test('somebody signs in to an application, lets it in, sees its tile, and ends its access', async () => {
  const { page } = watched
  const editor = users.find(({ role }) => role === 'editor')
  if (!editor) throw new Error('demo.json names no editor')
  await page.goto(origin)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(editor.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(editor.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: `Let “${TITLE}” act as you?` }).waitFor()
  await page.getByText(`(${editor.email})`).waitFor()
  await judge(page, 'let-in')
  await page.getByRole('button', { name: 'Let it in', exact: true }).click()
  await page.getByText('tile of some bytes').waitFor()

  const profile = await page.context().newPage()
  profile.setDefaultTimeout(30_000)
  await profile.goto('/settings')
  await profile.getByRole('link', { name: TITLE }).waitFor()
  await profile.getByRole('button', { name: `End the access of ${TITLE}` }).click()
  await profile.getByRole('dialog').getByRole('button', { name: 'End access' }).click()
  await profile.getByText(`“${TITLE}” acts as you no longer.`).waitFor()
  await profile.close()
  await page.getByRole('button', { name: 'Read again' }).click()
  await page.getByText('refused with 401').waitFor()
})

test('a developer makes a client for a program, and sees its secret once', async () => {
  const { page } = watched
  await page.goto(`${baseUrl}/developers`)
  const section = page.getByRole('region', { name: 'OAuth clients' })
  await section.getByText(TITLE).waitFor()
  // What somebody else made is seen and not changed.
  expect(await section.getByRole('button', { name: `Delete ${TITLE}` }).count()).toBe(0)
  await section.getByRole('button', { name: 'New OAuth client' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Callback URLs' }).waitFor()
  await judge(page, 'oauth-client-form')
  await dialog.getByRole('combobox', { name: 'What is it for?' }).click()
  await page.getByRole('option', { name: 'Program without people' }).click()
  await dialog.getByRole('textbox', { name: 'Title' }).fill(PROGRAM)
  await dialog.getByRole('button', { name: 'Create' }).click()
  const secret = await page.getByRole('textbox', { name: 'Client secret' }).inputValue()
  expect(secret).toMatch(/^gcs_/)
  await judge(page, 'oauth-client-secret')
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await section.getByRole('button', { name: `How to use ${PROGRAM}` }).click()
  await page.getByRole('textbox', { name: 'Client ID' }).waitFor()
  expect(await page.getByText(secret).count()).toBe(0)
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await section.getByRole('button', { name: `Delete ${PROGRAM}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await section.getByText(PROGRAM).waitFor({ state: 'hidden' })
})
