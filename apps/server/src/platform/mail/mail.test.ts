import { afterEach, expect, test } from 'vitest'
import { startMailServer as startServer } from '../../testing/mail-server.ts'
import { ManualClock } from '../clock/clock.ts'
import { Secret } from '../secrets/secret.ts'
import { createLogger } from '../telemetry/logger.ts'
import { composeMail } from './compose-mail.ts'
import type { Mail } from './mailer.ts'
import { Outbox } from './outbox.ts'
import { SmtpMailer } from './smtp-mailer.ts'

const LINK = 'https://maps.example.org/invitation#gti_0123456789012345678901234567890123456789abc'

function mailTo(to: string, changes: Partial<Mail> = {}): Mail {
  return {
    organizationId: 'ac_one',
    to,
    subject: 'Grüße von Zoë',
    isForSuperadmin: false,
    ...composeMail({
      paragraphs: ['Zoë <b>&</b> Bo invite you.'],
      link: { label: 'Join', url: LINK },
      foot: 'Not for you? Leave it.',
    }),
    ...changes,
  }
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startMailServer() {
  const server = await startServer()
  closers.push(() => server.close())
  return server
}

function mailerTo(port: number, lines: string[] = [], login = 'maps:p%40ss'): SmtpMailer {
  const logger = createLogger('info', { write: (line: string) => lines.push(line) })
  const options = { url: new Secret(`smtp://${login}@127.0.0.1:${port}`), from: 'Graticule <maps@example.org>' }
  const mailer = new SmtpMailer(options, logger)
  closers.push(async () => mailer.close())
  return mailer
}

test('a mail reaches its recipient through a mail server that asks for a login, as text and as HTML', async () => {
  const { received, port } = await startMailServer()
  expect(await mailerTo(port).deliver(mailTo('ana@example.org'))).toBe(true)
  expect(received).toHaveLength(1)
  const [mail] = received
  expect(mail).toMatchObject({ from: 'maps@example.org', to: ['ana@example.org'], user: 'maps' })
  expect(mail?.source).toContain('From: Graticule <maps@example.org>')
  expect(mail?.source).toContain('Zoë <b>&</b> Bo invite you.')
  expect(mail?.source).toContain('<p>Zoë &lt;b&gt;&amp;&lt;/b&gt; Bo invite you.</p>')
  expect(mail?.source.split(LINK).length).toBeGreaterThanOrEqual(3)
})

test('a mail that the server refuses is told in the log without the link, the login or the address', async () => {
  const { received, port } = await startMailServer()
  const lines: string[] = []
  expect(await mailerTo(port, lines).deliver(mailTo('refused@example.org'))).toBe(false)
  expect(await mailerTo(port, lines, 'maps:wrong').deliver(mailTo('ana@example.org'))).toBe(false)
  expect(received).toEqual([])
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(Array(2).fill('the mail server did not take a mail'))
  expect(lines.join('')).not.toMatch(/gti_|p%40ss|wrong|@example\.org/)
})

test('a mail server that is not there refuses', async () => {
  const { port } = await startMailServer()
  for (const close of closers.splice(0)) await close()
  expect(await mailerTo(port).deliver(mailTo('ana@example.org'))).toBe(false)
})

test('nobody’s name becomes a second recipient or a header', async () => {
  const { received, port } = await startMailServer()
  const subject = 'Join\r\nBcc: evil@example.org'
  await mailerTo(port).deliver(mailTo('ana@example.org', { subject }))
  await mailerTo(port).deliver(mailTo('ana@example.org, evil@example.org'))
  expect(received.flatMap(({ to }) => to)).not.toContain('evil@example.org')
  expect(received[0]?.source).not.toMatch(/^Bcc:/m)
})

test('without a mail server the latest mails stay for a day, each for its organization', async () => {
  const clock = new ManualClock(new Date())
  const outbox = new Outbox(clock)
  expect(await outbox.deliver(mailTo('first@example.org'))).toBe(false)
  clock.advance(23 * 3_600_000)
  await outbox.deliver(mailTo('second@example.org'))
  await outbox.deliver(mailTo('third@example.org', { organizationId: 'ac_two' }))
  const addresses = () => outbox.list('ac_one').map(({ to }) => to)
  expect(addresses()).toEqual(['second@example.org', 'first@example.org'])
  clock.advance(3_600_000)
  expect(addresses()).toEqual(['second@example.org'])
  for (let count = 0; count < 300; count++) await outbox.deliver(mailTo(`${count}@example.org`))
  expect(addresses()).toHaveLength(200)
  expect(addresses()[0]).toBe('299@example.org')
})
