/** A mail to one person, as plain text and as HTML that says the same. */
export interface Mail {
  /** Whose organization it is about; null for one that is not there yet. */
  readonly organizationId: string | null
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** True when it holds a way in as a superadmin, which admins must not come by. */
  readonly isForSuperadmin: boolean
}

/** The way of mails out of here. Mails hold links that let people in, so nothing of them is ever logged. */
export interface Mailer {
  /** Whether mails go to a mail server. */
  readonly hasServer: boolean
  /**
   * True when the mail server has taken the mail; false when there is none or it refused, which is in the log. It is
   * not given up with the request that caused it: what it tells of has happened.
   */
  deliver(mail: Mail): Promise<boolean>
  close(): void
}
