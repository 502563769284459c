import type { OutboxAnswer } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

/** The mails that nobody sends while there is no mail server. */
export const outboxQuery = queryOptions({
  queryKey: ['outbox'],
  // A mail is looked for right after it was written.
  staleTime: 0,
  queryFn: ({ signal }) => sendRequest<OutboxAnswer>('/workspace-api/outbox', { signal }),
})
