import { Button, VisuallyHidden } from '@mantine/core'
import { IconPlayerStop } from '@tabler/icons-react'
import { type QueryKey, type UseQueryResult, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError } from '../api/api-error.ts'
import { ErrorState } from './error-state.tsx'
import { stateMessages } from './messages.ts'
import { PageState } from './page-state.tsx'
import { SlowNotice } from './slow-notice.tsx'

/**
 * Everything a page shows of one query: a skeleton of the real layout, after two seconds what is awaited and a way to
 * cancel it, the error with a retry, or the data. A failed refresh keeps the data that is already there.
 */
export function QueryView<Data>(props: {
  query: UseQueryResult<Data>
  /** Needed to cancel. */
  queryKey: QueryKey
  /** Completes "Still waiting for …". */
  awaiting: string
  skeleton: ReactNode
  /** Stands in place of the server's sentence where there is nothing, or nothing that the person may open. */
  missing?: ReactNode
  children: (data: Data) => ReactNode
}) {
  const { query, queryKey, awaiting } = props
  const queryClient = useQueryClient()
  const retry = () => void query.refetch()
  if (query.data !== undefined) return props.children(query.data)
  if (query.isError && props.missing && query.error instanceof ApiError && query.error.status === 404) {
    return props.missing
  }
  if (query.isError) return <ErrorState error={query.error} onRetry={retry} />
  if (query.fetchStatus === 'idle') {
    return (
      <PageState
        icon={<IconPlayerStop size={20} />}
        title={stateMessages.cancelledTitle}
        actions={
          <Button variant="default" onClick={retry}>
            {stateMessages.loadAgain}
          </Button>
        }
      >
        {stateMessages.cancelledText(awaiting)}
      </PageState>
    )
  }
  return (
    <>
      <SlowNotice isWaiting awaiting={awaiting} onCancel={() => void queryClient.cancelQueries({ queryKey })} />
      <VisuallyHidden role="status">{stateMessages.loading}</VisuallyHidden>
      <div aria-hidden>{props.skeleton}</div>
    </>
  )
}
