import type { SupportRole } from '@graticule/contract'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'

/** What all mails about a grant tell. */
export interface MailedGrant {
  readonly organizationId: string
  readonly organizationName: string
  readonly role: SupportRole
  readonly reason: string
  readonly expiresAt: Date
}

const AS_ROLE: Readonly<Record<SupportRole, string>> = {
  admin: 'as an admin, less what support access leaves out',
  editor: 'as an editor',
  viewer: 'as a viewer, who only reads',
}

/** The mail that brings a support person their link. */
export function supportLinkMail(grant: MailedGrant, email: string, link: string): Mail {
  const { organizationId, organizationName, reason, role } = grant
  return {
    organizationId,
    to: email,
    isForSuperadmin: false,
    subject: `Support access to ${oneLine(organizationName)} on Graticule`,
    ...composeMail({
      paragraphs: [
        `${organizationName} lets you in ${AS_ROLE[role]}, until ${describeTime(grant.expiresAt)}.`,
        `The reason: ${reason}`,
        'Open the link and set up a second factor. It works once, within a day; an admin can give you a new one.',
      ],
      link: { label: `Enter ${organizationName}`, url: link },
      foot: `You did not expect this? Then leave it: without the link nobody gets in. It was sent to ${email}.`,
    }),
  }
}

/** Tells an admin that support access has begun. */
export function supportEnabledMail(grant: MailedGrant, to: string, who: string, emails: readonly string[]): Mail {
  const { organizationId, organizationName, reason, role } = grant
  return {
    organizationId,
    to,
    isForSuperadmin: false,
    subject: `Support access to ${oneLine(organizationName)} is enabled`,
    ...composeMail({
      paragraphs: [
        `${who} has enabled support access to ${organizationName} until ${describeTime(grant.expiresAt)}.`,
        `These people come ${AS_ROLE[role]}: ${emails.join(', ')}.`,
        `The reason: ${reason}`,
      ],
      foot: 'Any admin can revoke it in the settings, under Support access. You get this because you are an admin.',
    }),
  }
}

/** Tells an admin that support access has ended, and who has what its people owned. */
export function supportEndedMail(
  grant: MailedGrant,
  to: string,
  { who, receiver }: { readonly who: string | null; readonly receiver: string },
): Mail {
  const { organizationId, organizationName } = grant
  return {
    organizationId,
    to,
    isForSuperadmin: false,
    subject: `Support access to ${oneLine(organizationName)} has ended`,
    ...composeMail({
      paragraphs: [
        who === null
          ? `Support access to ${organizationName} has expired.`
          : `${who} has revoked support access to ${organizationName}.`,
        `Its people are deleted. What they owned belongs to ${receiver} now.`,
      ],
      foot: 'The record stays in the settings, under Support access. You get this because you are an admin.',
    }),
  }
}

function describeTime(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A header is one line, whatever people have called themselves. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
