import type { RequestableKind } from '@graticule/contract'

/** The words of the page of requests for access. */
export const messages = {
  title: 'Requests for access',
  explanation: 'People who came to something of yours by its link and may not open it, or ask to edit a map of yours.',
  awaiting: 'the requests',
  emptyTitle: 'Nobody waits for an answer',
  emptyText: 'When somebody asks for access to something of yours, it appears here and comes by mail.',
  asks: {
    open: (name: string, title: string) => `${name} asks to open ${title}`,
    edit: (name: string, title: string) => `${name} asks to edit ${title}`,
  },
  wants: {
    open: (kind: RequestableKind) => `Asks to open your ${kind}`,
    edit: (kind: RequestableKind) => `Asks to edit your ${kind}`,
  },
  editConsequence:
    'Granting opens the map to editing by everybody who may open it and whose role makes maps, until you end that in its sharing.',
  until: 'Access ends',
  untilOf: (name: string) => `When the access of ${name} ends`,
  ends: { never: 'Never', day: 'In a day', week: 'In a week', month: 'In 30 days', quarter: 'In 90 days' },
  grant: 'Grant',
  grantTo: (name: string) => `Grant access to ${name}`,
  decline: 'Decline',
  declineOf: (name: string) => `Decline the request of ${name}`,
  granted: {
    open: (name: string, title: string) => `${name} can open ${title} now.`,
    edit: (name: string, title: string) => `${name} can edit ${title} now.`,
  },
  declined: (name: string) => `The request of ${name} was declined; they are not told.`,
} as const
