import type { Resource, ResourceResult } from '@graticule/contract'
import { Alert, List } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** What of a batch failed, each with the server's reason. */
export function BatchFailures({
  results,
  assets,
  title = messages.failures,
}: {
  results: readonly Omit<ResourceResult, 'resourceType'>[]
  assets: readonly Pick<Resource, 'id' | 'name'>[]
  /** What is said above so many failures; that so many assets stayed, unless it is about something else. */
  title?: (count: number) => string
}) {
  const failed = results.filter(({ success }) => !success)
  if (failed.length === 0) return null
  return (
    <Alert color="red" variant="light" title={title(failed.length)}>
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
