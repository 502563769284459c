import { afterAll, beforeAll, expect, test } from 'vitest'
import { SmtpMailer } from '../../platform/mail/smtp-mailer.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import { createLogger } from '../../platform/telemetry/logger.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type MailServer, startMailServer } from '../../testing/mail-server.ts'

const from = 'Graticule <maps@example.org>'
let testApp: TestApp
let mailServer: MailServer

beforeAll(async () => {
  mailServer = await startMailServer()
  const url = new Secret(`smtp://maps:p%40ss@127.0.0.1:${mailServer.port}`)
  testApp = await createTestApp(undefined, () => new SmtpMailer({ url, from }, createLogger('silent')))
})
afterAll(async () => {
  await testApp.close()
  await mailServer.close()
})

const ask = (payload: object) => testApp.request({ method: 'POST', url: '/auth/organization-creation', payload })
const open = () => testApp.request({ url: '/auth/organization-creation' })

test('a visitor proves an e-mail by the mailed link, which makes them superadmin of an organization of their own', async () => {
  expect((await open()).json()).toEqual({ open: true })
  expect((await ask({ organizationName: 'Meridian', email: 'nobody' })).statusCode).toBe(400)
  expect((await ask({ organizationName: ' Meridian  Maps ', email: 'EDITOR@example.org' })).statusCode).toBe(202)
  const [mail] = mailServer.received
  expect(mail?.to).toEqual(['EDITOR@example.org'])
  expect(mail?.source).toContain('Subject: Create Meridian Maps on Graticule')
  const token = /\/setup\?token=(gto_[\w-]{43})/.exec(mail?.source ?? '')?.[1]
  const payload = {
    token,
    organizationName: 'Meridian Maps',
    name: 'Edda',
    email: 'other@example.org',
    password: 'correct horse',
  }
  const created = await testApp.request({ method: 'POST', url: '/auth/setup', payload })
  expect(created.json()).toMatchObject({
    user: { email: 'EDITOR@example.org', role: 'superadmin' },
    organization: { name: 'Meridian Maps' },
  })
  expect((await testApp.request({ method: 'POST', url: '/auth/setup', payload })).statusCode).toBe(401)
})

test('nobody is flooded with links', async () => {
  const statuses = []
  for (let count = 0; count < 4; count++) {
    statuses.push((await ask({ organizationName: 'Flood', email: 'victim@example.org' })).statusCode)
  }
  expect(statuses).toEqual([202, 202, 202, 429])
})

test('without a mail server nobody creates one', async () => {
  const mute = await createTestApp()
  expect((await mute.request({ url: '/auth/organization-creation' })).json()).toEqual({ open: false })
  const payload = { organizationName: 'Mute', email: 'ann@example.org' }
  const refused = await mute.request({ method: 'POST', url: '/auth/organization-creation', payload })
  expect(refused.statusCode).toBe(404)
  await mute.close()
})
