import { Alert, Button, Text } from '@mantine/core'
import { ApiError } from '../api/api-error.ts'
import { stateMessages } from './messages.ts'

/** The part of a query that says whether it failed. */
interface Lookup {
  readonly isError: boolean
  readonly isFetching: boolean
  readonly data: unknown
  readonly error: unknown
  refetch(): unknown
}

/**
 * Why the entries of a choice could not be read, for its `error`: an empty list would say that there are none. Undefined
 * while every look-up is well, or has entries from before.
 */
export function lookupError(...queries: readonly Lookup[]): string | undefined {
  const failed = queries.find((query) => query.isError && query.data === undefined)
  return failed && reasonOf(failed)
}

function reasonOf({ error }: Lookup): string {
  return error instanceof ApiError ? error.message : stateMessages.unknownError
}

/**
 * Stands beside a choice whose entries could not be read, because an empty list would say that there are none. Renders
 * nothing while the look-up is well, or has entries from before.
 */
export function LookupFailed({ query, what, m }: { query: Lookup; what: string; m?: number }) {
  if (!query.isError || query.data !== undefined) return null
  return (
    <Alert role="alert" color="red" title={stateMessages.lookupFailed(what)} py={8} px={12} m={m} flex="none">
      <Text size="sm" mb={8}>
        {reasonOf(query)}
      </Text>
      <Button
        variant="default"
        size="compact-xs"
        loading={query.isFetching}
        onClick={() => {
          void query.refetch()
        }}
      >
        {stateMessages.retry}
      </Button>
    </Alert>
  )
}
