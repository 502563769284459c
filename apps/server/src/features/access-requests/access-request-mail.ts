import type { UserSummary } from '@graticule/contract'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'

/** The mail that tells an owner that somebody asks for access to a map of theirs. */
export function accessRequestMail(request: {
  readonly organizationId: string
  readonly owner: UserSummary
  readonly requesterName: string
  readonly mapTitle: string
  readonly message: string
  readonly link: string
}): Mail {
  const { mapTitle, message, owner, requesterName } = request
  return {
    organizationId: request.organizationId,
    to: owner.email,
    isForSuperadmin: false,
    subject: `${oneLine(requesterName)} asks for access to ${oneLine(mapTitle)}`,
    ...composeMail({
      paragraphs: [
        `Hello ${owner.name}.`,
        `${requesterName} asks to open your map “${mapTitle}”.`,
        ...(message === '' ? [] : [`They write: ${message}`]),
      ],
      link: { label: 'Answer the request', url: request.link },
      foot: 'Nobody gets access unless you grant it.',
    }),
  }
}

/** A header is one line, whatever people have called themselves and their maps. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
