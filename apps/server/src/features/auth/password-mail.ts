import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'
import type { Person } from '../users/user-service.ts'

/** The mail that brings the link to a new password. */
export function passwordMail(person: Person, link: string): Mail {
  return {
    organizationId: person.organizationId,
    to: person.email,
    isForSuperadmin: person.role === 'superadmin',
    subject: 'A new password for Graticule',
    ...composeMail({
      paragraphs: [
        `Hello ${person.name}.`,
        `With this link you choose a new password for ${person.organizationName}. It works once, within an hour, and signs you out everywhere else.`,
      ],
      link: { label: 'Choose a new password', url: link },
      foot: 'You did not ask for this? Then leave it: your password stays as it is.',
    }),
  }
}
