import type { QuotaId, SeatKind } from '@graticule/policy'

/** The words of Settings → Quotas; what a limit of assets does is said by its policy. */
export const messages = {
  awaiting: 'the quotas of the organization',
  forbiddenTitle: 'You cannot see the quotas',
  seatsTitle: 'Seats',
  seatsIntro:
    'Everybody takes one seat, by their role. Who would exceed a limit is refused; nobody loses the seat they have.',
  seats: {
    editor: {
      label: 'Editor seats',
      limit: 'Editor seats at most',
      help: 'Taken by superadmins, admins and editors. Support access takes none.',
    },
    viewer: {
      label: 'Viewer seats',
      limit: 'Viewer seats at most',
      help: 'Taken by viewers and guest viewers. Invitations take a seat when they are accepted.',
    },
  } satisfies Record<SeatKind, object>,
  assetsTitle: 'Maps, applications and connections',
  assetsIntro: 'What there is beyond a limit stays. What is in the trash does not count.',
  assets: {
    'maps.limit': { label: 'Maps', limit: 'Maps at most' },
    'maps.public-limit': { label: 'Public maps', limit: 'Public maps at most' },
    'applications.limit': { label: 'Applications', limit: 'Applications at most' },
    'connections.soft-limit': { label: 'Connections', limit: 'Connections before a warning' },
  } satisfies Record<QuotaId, object>,
  use: (used: number, limit: number | null) => {
    if (limit === null) return `${used.toLocaleString('en')}, no limit`
    const sentence = `${used.toLocaleString('en')} of ${limit.toLocaleString('en')}`
    if (used < limit) return sentence
    return used === limit ? `${sentence}, none free` : `${sentence}, ${(used - limit).toLocaleString('en')} beyond it`
  },
  unlimited: 'No limit',
  look: 'See what changes',
  discard: 'Discard',
}
