import type { FastifyBaseLogger } from 'fastify'
import { createTransport } from 'nodemailer'
import type { Secret } from '../secrets/secret.ts'
import type { Mail, Mailer } from './mailer.ts'

/** A server that does not answer within these times refuses. */
const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 20_000
const MAX_CONNECTIONS = 3

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with the login in it. */
  readonly url: Secret
  /** The sender, as it stands in the header. */
  readonly from: string
}

/** Hands mails to an SMTP server. */
export class SmtpMailer implements Mailer {
  readonly hasServer = true
  readonly #transport
  readonly #from: string
  readonly #logger: FastifyBaseLogger

  constructor({ url, from }: SmtpOptions, logger: FastifyBaseLogger) {
    this.#transport = createTransport({
      pool: true,
      url: url.reveal(),
      maxConnections: MAX_CONNECTIONS,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      // What people have written must not make us read files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    this.#from = from
    this.#logger = logger
  }

  async deliver({ to, subject, text, html }: Mail): Promise<boolean> {
    try {
      await this.#transport.sendMail({ from: this.#from, to: { name: '', address: to }, subject, text, html })
      return true
    } catch (error) {
      // The whole error may repeat what was sent.
      const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
      this.#logger.warn({ code, responseCode }, 'the mail server did not take a mail')
      return false
    }
  }

  close(): void {
    this.#transport.close()
  }
}
