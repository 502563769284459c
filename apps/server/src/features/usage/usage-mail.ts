import { composeMail } from '../../platform/mail/compose-mail.ts'
import type { Mail } from '../../platform/mail/mailer.ts'

/** The mail that tells an admin that the organization used a share of its yearly quota. */
export function quotaMail(notice: {
  readonly organizationId: string
  readonly to: string
  readonly share: number
  readonly used: number
  readonly quota: number
  readonly yearEnd: string
}): Mail {
  const { organizationId, quota, share, to, used, yearEnd } = notice
  const isFull = share >= 100
  return {
    organizationId,
    to,
    isForSuperadmin: false,
    subject: isFull ? 'The yearly usage quota is used up' : `${share}% of the yearly usage quota is used`,
    ...composeMail({
      paragraphs: [
        `Your organization has used ${Math.round(used).toLocaleString('en')} of ${quota.toLocaleString('en')} units of its quota, which counts until ${yearEnd}.`,
        'Nobody is refused because of it. Settings → Usage shows who uses what, and Settings → Quotas has limits for people and groups.',
      ],
      foot: `You get this because you are an admin of the organization. It was sent to ${to}.`,
    }),
  }
}
