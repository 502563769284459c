import type { Role } from '@graticule/contract'
import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'
import type { ListedInvitation } from './invitation-store.ts'

const AS_ROLE: Readonly<Record<Role, string>> = {
  superadmin: 'as a superadmin',
  admin: 'as an admin',
  editor: 'as an editor',
  viewer: 'as a viewer',
  guest: 'as a guest viewer',
}

/** The mail that brings an invitation's link. */
export function invitationMail(invitation: ListedInvitation, link: string): Mail {
  const { email, role, inviter_name: inviter, organization_name: organization } = invitation
  return {
    organizationId: invitation.organization_id,
    to: email,
    isForSuperadmin: role === 'superadmin',
    subject:
      inviter === null
        ? `Join ${oneLine(organization)} on Graticule`
        : `${oneLine(inviter)} invites you to ${oneLine(organization)} on Graticule`,
    ...composeMail({
      paragraphs: [
        inviter === null
          ? `You asked to join ${organization}. Whoever reads mail at your domain may, ${AS_ROLE[role]}.`
          : `${inviter} invites you to join ${organization} ${AS_ROLE[role]}.`,
        'Open the link, choose your name and a password, and you are in. It works once, within seven days.',
      ],
      link: { label: `Join ${organization}`, url: link },
      foot: `You did not expect this? Then leave it: without the link nobody joins. It was sent to ${email}.`,
    }),
  }
}

/** A header is one line, whatever people have called themselves. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
