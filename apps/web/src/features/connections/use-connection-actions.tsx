import type { ConnectionSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { connectionsQuery, deleteConnection } from '../../api/connections.ts'
import { modals, notifications, Stack, Text } from '../../ui/index.ts'
import { ConnectionInUse } from './connection-in-use.tsx'
import { messages } from './messages.ts'

/** Deleting a connection, with the questions and the refusals in words. */
export function useConnectionActions() {
  const queryClient = useQueryClient()
  const [blocked, setBlocked] = useState<{ connection: ConnectionSummary; error: ApiError } | null>(null)
  const refresh = () => queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey })
  const fail = (error: unknown) =>
    notifications.show({
      color: 'red',
      title: messages.actionFailed,
      message: error instanceof ApiError ? error.message : '',
    })
  const remove = useMutation({
    mutationFn: (connection: ConnectionSummary) => deleteConnection(connection.id),
    onSuccess: async (_nothing, connection) => {
      await refresh()
      notifications.show({ message: messages.deleted(connection.name) })
    },
    onError: (error, connection) => {
      if (!(error instanceof ApiError) || error.code !== 'conflict') return fail(error)
      setBlocked({ connection, error })
    },
  })
  const onReplaced = async (targetName: string) => {
    // Maps and workflows name another connection now.
    await queryClient.invalidateQueries()
    if (blocked) notifications.show({ message: messages.replaced(blocked.connection.name, targetName) })
  }
  return {
    /** Shown while a deletion is refused because something reads from the connection. */
    inUseDialog: blocked && <ConnectionInUse {...blocked} onDeleted={onReplaced} onClose={() => setBlocked(null)} />,
    confirmDelete: (connection: ConnectionSummary) =>
      modals.openConfirmModal({
        title: messages.deleteTitle(connection.name),
        children: (
          <Stack gap="xs">
            <Text>{messages.deleteText}</Text>
          </Stack>
        ),
        labels: { confirm: messages.delete, cancel: messages.cancel },
        confirmProps: { color: 'red' },
        onConfirm: () => remove.mutate(connection),
      }),
  }
}
