import { useQuery } from '@tanstack/react-query'
import { outboxQuery } from '../../../api/outbox.ts'
import { useCan } from '../../../shell/use-session.ts'

/** Whether mails stay in the outbox because there is no mail server, as far as the person may know. */
export function useIsOutboxUsed(): boolean {
  const { allowed } = useCan('outbox.read')
  return useQuery({ ...outboxQuery, enabled: allowed }).data?.isUsed === true
}
