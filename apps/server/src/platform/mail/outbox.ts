import type { Clock } from '../clock/clock.ts'
import { createId } from '../db/ids.ts'
import type { Mail, Mailer } from './mailer.ts'

/** A mail that nobody has sent. */
export interface KeptMail extends Mail {
  readonly id: string
  readonly at: Date
}

const MAX_MAILS = 200
const KEEP_MS = 24 * 60 * 60_000

/**
 * Stands in for a mail server while there is none: keeps the latest mails for a day, for admins to read and pass on. In
 * memory alone, so that no link which lets somebody in is ever written down.
 */
export class Outbox implements Mailer {
  readonly hasServer = false
  readonly #clock: Clock
  #mails: readonly KeptMail[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async deliver(mail: Mail): Promise<boolean> {
    this.#mails = [{ ...mail, id: createId(), at: this.#clock.now() }, ...this.#fresh()].slice(0, MAX_MAILS)
    return false
  }

  /** What an organization would have sent within the last day, the latest first. */
  list(organizationId: string): readonly KeptMail[] {
    return this.#fresh().filter((mail) => mail.organizationId === organizationId)
  }

  close(): void {
    this.#mails = []
  }

  #fresh(): readonly KeptMail[] {
    const oldest = this.#clock.now().getTime() - KEEP_MS
    return this.#mails.filter(({ at }) => at.getTime() > oldest)
  }
}
