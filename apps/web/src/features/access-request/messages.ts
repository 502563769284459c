import type { RequestableKind, RequestedAccess } from '@graticule/contract'

/** The words of pages that somebody may not open, and of asking for access there. */
export const messages = {
  missingTitle: (kind: RequestableKind) => `There is no ${kind} here for you`,
  missingText: 'It may be private, or it no longer exists. Ask for access, or ask the person who sent you the link.',
  goHome: 'Go to Home',
  retry: 'Try again',
  message: 'Message to the owner (optional)',
  request: { open: 'Request access', edit: 'Ask to edit' } satisfies Record<RequestedAccess, string>,
  requested: {
    open: (kind: RequestableKind) =>
      `If there is such ${kind === 'application' ? 'an application' : `a ${kind}`}, its owner has been asked. Open this page again when they have answered.`,
    edit: (_kind: RequestableKind) => 'The owner has been asked. Open this page again when they have answered.',
  } satisfies Record<RequestedAccess, (kind: RequestableKind) => string>,
}
