import type { RequestableKind, RequestedAccess, UserSummary } from '@graticule/contract'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'

/** The mail that tells an owner that somebody asks for access to something of theirs. */
export function accessRequestMail(request: {
  readonly organizationId: string
  readonly owner: UserSummary
  readonly requesterName: string
  readonly kind: RequestableKind
  readonly title: string
  readonly wanted: RequestedAccess
  readonly message: string
  readonly link: string
}): Mail {
  const { kind, message, owner, requesterName, title, wanted } = request
  return {
    organizationId: request.organizationId,
    to: owner.email,
    isForSuperadmin: false,
    subject: `${oneLine(requesterName)} asks ${wanted === 'edit' ? 'to edit' : 'for access to'} ${oneLine(title)}`,
    ...composeMail({
      paragraphs: [
        `Hello ${owner.name}.`,
        `${requesterName} asks to ${wanted} your ${kind} “${title}”.`,
        ...(message === '' ? [] : [`They write: ${message}`]),
      ],
      link: { label: 'Answer the request', url: request.link },
      foot: 'Nobody gets access unless you grant it.',
    }),
  }
}

/** A header is one line, whatever people have called themselves and their things. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
