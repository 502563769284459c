import type { ConnectionDependents } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { connectionDependentsQuery } from '../../api/connections.ts'
import { useSession } from '../../shell/use-session.ts'
import { Anchor, List, Skeleton, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Where each kind that reads from connections is found. */
const PAGES: Readonly<Record<string, (id: string) => string>> = {
  map: (id) => `/maps/${id}`,
  workflow: (id) => `/workflows/${id}`,
  'named source': () => '/developers',
  token: () => '/developers',
}
/** So many are named before a change; the rest is counted. */
const NAMED = 5

/** What may look different, or stop, once a connection is changed. */
export function AffectedAssets({ connectionId }: { connectionId: string }) {
  const { data, isError } = useQuery(connectionDependentsQuery(connectionId))
  if (isError) return null
  if (!data) return <Skeleton height={18} width="60%" />
  const count = data.dependents.length + data.hiddenCount
  if (count === 0) return null
  return (
    <section aria-label={messages.affected}>
      <Text size="sm">{messages.affects(count)}</Text>
      <DependentList {...data} limit={NAMED} />
    </section>
  )
}

/** What reads from a connection, with how much more there is that one may not see. */
export function DependentList({ dependents, hiddenCount, limit }: ConnectionDependents & { limit?: number }) {
  const { user } = useSession()
  const shown = dependents.slice(0, limit)
  const unnamed = dependents.length - shown.length
  return (
    <>
      {shown.length > 0 && (
        <List size="sm" aria-label={messages.dependents}>
          {shown.map(({ kind, id, title, owner }) => (
            <List.Item key={`${kind}/${id}`}>
              <Anchor href={PAGES[kind]?.(id)} size="sm">
                {title}
              </Anchor>{' '}
              <Text span size="sm" c="dimmed">
                {messages.dependentOf(kind, owner.id === user.id ? null : owner.name)}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
      {unnamed > 0 && (
        <Text size="sm" c="dimmed">
          {messages.moreDependents(unnamed)}
        </Text>
      )}
      {hiddenCount > 0 && (
        <Text size="sm" c="dimmed">
          {messages.hiddenDependents(hiddenCount, dependents.length > 0)}
        </Text>
      )}
    </>
  )
}
