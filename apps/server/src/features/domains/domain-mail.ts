import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'
import { challengeName } from './domain-name.ts'
import type { DomainRow } from './domain-store.ts'

/** The mail that tells an admin that DNS does not confirm a domain any more. */
export function failingDomainMail(row: DomainRow, to: string, graceDays: number): Mail {
  return {
    organizationId: row.organization_id,
    to,
    isForSuperadmin: false,
    subject: `${row.domain} is not verified any more`,
    ...composeMail({
      paragraphs: [
        `The TXT record ${challengeName(row.domain)} does not hold ${row.challenge} any more, or no name server answers. Until it does, nobody joins your organization by an e-mail at ${row.domain}.`,
        `Put the record back within ${graceDays} days; then the domain counts again by itself. After that it has to be verified anew.`,
      ],
      foot: `You get this because you are an admin of the organization. It was sent to ${to}.`,
    }),
  }
}
