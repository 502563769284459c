import type { Resource, ResourceResult } from '@graticule/contract'
import { Alert, List } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** What of a batch failed, each with the server's reason. */
export function BatchFailures({
  results,
  assets,
}: {
  results: readonly ResourceResult[]
  assets: readonly Pick<Resource, 'id' | 'name'>[]
}) {
  const failed = results.filter(({ success }) => !success)
  if (failed.length === 0) return null
  return (
    <Alert color="red" variant="light" title={messages.failures(failed.length)}>
      <List size="sm">
        {failed.map(({ id, failureReason }) => (
          <List.Item key={id}>
            {assets.find((asset) => asset.id === id)?.name ?? id}: {failureReason}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
