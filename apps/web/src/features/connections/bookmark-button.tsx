import type { ConnectionSummary } from '@graticule/contract'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { connectionsQuery, setConnectionBookmark } from '../../api/connections.ts'
import { ActionIcon, notifications, Tooltip } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** The star of a connection: filled while the person keeps it at hand. */
export function BookmarkButton({ connection }: { connection: ConnectionSummary }) {
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: (isKept: boolean) => setConnectionBookmark(connection.id, isKept),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey }),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  // What was pressed shows at once.
  const isOn = change.isPending ? change.variables : connection.bookmarked
  const label = isOn ? messages.removeBookmark(connection.name) : messages.addBookmark(connection.name)
  const Icon = isOn ? IconStarFilled : IconStar
  return (
    <Tooltip label={label}>
      <ActionIcon
        color={isOn ? 'yellow' : 'gray'}
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => change.mutate(!isOn)}
      >
        <Icon size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  )
}
