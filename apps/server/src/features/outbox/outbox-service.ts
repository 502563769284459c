import type { OutboxAnswer } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { Outbox } from '../../platform/mail/outbox.ts'

/** Shows the mails that stay here because there is no mail server. */
export class OutboxService {
  readonly #mailer: Mailer

  constructor(mailer: Mailer) {
    this.#mailer = mailer
  }

  /** The mails of the asker's organization; those that let in a superadmin only to superadmins. */
  read(principal: UserPrincipal): OutboxAnswer {
    if (!(this.#mailer instanceof Outbox)) return { isUsed: false, mails: [] }
    const mails = this.#mailer
      .list(principal.organizationId)
      .filter(({ isForSuperadmin }) => !isForSuperadmin || principal.role === 'superadmin')
    return {
      isUsed: true,
      mails: mails.map(({ id, at, to, subject, text }) => ({ id, at: at.toISOString(), to, subject, text })),
    }
  }
}
