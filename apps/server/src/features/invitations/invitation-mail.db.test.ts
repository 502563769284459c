import type { InviteResult } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SmtpMailer } from '../../platform/mail/smtp-mailer.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import { createLogger } from '../../platform/telemetry/logger.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type MailServer, startMailServer } from '../../testing/mail-server.ts'

let mailServer: MailServer
let mailer: SmtpMailer
let testApp: TestApp
beforeAll(async () => {
  mailServer = await startMailServer()
  const url = new Secret(`smtp://maps:p%40ss@127.0.0.1:${mailServer.port}`)
  mailer = new SmtpMailer({ url, from: 'maps@example.org' }, createLogger('silent'))
  testApp = await createTestApp(undefined, () => mailer)
})
afterAll(async () => {
  await testApp.close()
  mailer.close()
  await mailServer.close()
})

test('with a mail server the link goes to the invited person alone, who joins by it', async () => {
  const payload = { emails: ['nina@example.org', 'refused@example.org'], role: 'editor' }
  const answer = await testApp.request({ method: 'POST', url: '/workspace-api/invitations', as: 'admin', payload })
  const [mailed, refused] = answer.json<{ results: InviteResult[] }>().results
  expect(mailed).toMatchObject({ outcome: 'invited', email: 'nina@example.org' })
  expect(mailed).not.toHaveProperty('link')
  expect(mailed).not.toHaveProperty('mailFailed')
  // Whom the mail server does not take is told by whoever invites.
  expect(refused).toMatchObject({ outcome: 'invited', mailFailed: true, link: expect.stringContaining('#gti_') })
  expect(mailServer.received.map(({ to }) => to)).toEqual([['nina@example.org']])
  const token = /\/invitation#(gti_[\w-]{43})/.exec(mailServer.received[0]?.source ?? '')?.[1]
  const joined = await testApp.request({
    method: 'POST',
    url: '/auth/invitation',
    payload: { token, name: 'Nina', password: 'long enough for a map' },
  })
  expect(joined.statusCode, joined.body).toBe(200)
  const outbox = await testApp.request({ url: '/workspace-api/outbox', as: 'admin' })
  expect(outbox.json()).toEqual({ isUsed: false, mails: [] })
})
