import { AppError, type OrganizationCreationBody } from '@graticule/contract'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { isEmailAddress } from '../users/email-address.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { offerOrganization } from './organization-offer.ts'

export interface OrganizationCreationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly mailer: Mailer
  /** Whether the operator lets visitors create organizations. */
  readonly isAllowed: boolean
}

const HOUR_MS = 60 * 60_000

/**
 * Lets visitors create organizations of their own, where the operator allows it. The link is mailed, so that whoever
 * becomes the first superadmin has proved their e-mail.
 */
export class OrganizationCreation {
  readonly #options: OrganizationCreationOptions
  readonly #perAddress: AttemptLimit
  readonly #perEmail: AttemptLimit

  constructor(options: OrganizationCreationOptions) {
    this.#options = options
    this.#perAddress = new AttemptLimit(
      { policy: 'organizations-per-address', maxFailures: 10, windowMs: HOUR_MS },
      options.clock,
    )
    this.#perEmail = new AttemptLimit(
      { policy: 'organizations-per-email', maxFailures: 3, windowMs: HOUR_MS },
      options.clock,
    )
  }

  /** Without a mail server nothing would prove an e-mail, so then it is not offered. */
  get isOpen(): boolean {
    return this.#options.isAllowed && this.#options.mailer.hasServer
  }

  /** Mails the link with which the organization is created. A mail server that fails is in the log. */
  async ask(body: OrganizationCreationBody, baseUrl: string, ipAddress: string): Promise<void> {
    const { mailer } = this.#options
    if (!this.isOpen) {
      throw new AppError('not_found', 'Organizations are not created here; ask whoever runs this installation.')
    }
    this.#perAddress.count(ipAddress)
    const email = body.email.trim()
    if (!isEmailAddress(email)) {
      throw new AppError('invalid_request', 'This is not an e-mail address; it looks like name@example.org.')
    }
    this.#perEmail.count(email.toLowerCase())
    const organizationName = body.organizationName.replace(/\s+/g, ' ').trim()
    const link = await offerOrganization(this.#options, { organizationName, email }, baseUrl)
    await mailer.deliver({
      organizationId: null,
      to: email,
      isForSuperadmin: true,
      subject: `Create ${organizationName} on Graticule`,
      ...composeMail({
        paragraphs: [
          `You asked to create the organization ${organizationName}.`,
          'Open the link, choose your name and a password, and it is yours. It works once, within seven days.',
        ],
        link: { label: `Create ${organizationName}`, url: link },
        foot: `You did not ask for this? Then leave it: nothing follows from it. It was sent to ${email}.`,
      }),
    })
  }
}
