import type { OutboxAnswer } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

/** The mails that nobody sends while there is no mail server. */
export const outboxQuery = queryOptions({
  queryKey: ['outbox'],
  queryFn: ({ signal }) => sendRequest<OutboxAnswer>('/workspace-api/outbox', { signal }),
})
