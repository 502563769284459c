import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'

/** The mail that tells somebody that they may not join. */
export function refusalMail(request: {
  readonly organizationId: string
  readonly organizationName: string
  readonly email: string
}): Mail {
  const { email, organizationId, organizationName } = request
  return {
    organizationId,
    to: email,
    isForSuperadmin: false,
    subject: `Your request to join ${organizationName.replace(/\s+/g, ' ').trim()}`,
    ...composeMail({
      paragraphs: [`An admin of ${organizationName} has looked at your request to join, and did not accept it.`],
      foot: `You did not ask to join? Then leave it: nothing follows from it. It was sent to ${email}.`,
    }),
  }
}
