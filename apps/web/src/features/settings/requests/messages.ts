/** The words of the page of requests for access. */
export const messages = {
  title: 'Requests for access',
  explanation: 'People who came to one of your maps by its link and may not open it.',
  awaiting: 'the requests',
  emptyTitle: 'Nobody waits for an answer',
  emptyText: 'When somebody asks to open one of your maps, it appears here and comes by mail.',
  asks: (name: string, title: string) => `${name} asks to open ${title}`,
  until: 'Access ends',
  untilOf: (name: string) => `When the access of ${name} ends`,
  ends: { never: 'Never', day: 'In a day', week: 'In a week', month: 'In 30 days', quarter: 'In 90 days' },
  grant: 'Grant',
  grantTo: (name: string) => `Grant access to ${name}`,
  decline: 'Decline',
  declineOf: (name: string) => `Decline the request of ${name}`,
  granted: (name: string, title: string) => `${name} can open ${title} now.`,
  declined: (name: string) => `The request of ${name} was declined; they are not told.`,
} as const
