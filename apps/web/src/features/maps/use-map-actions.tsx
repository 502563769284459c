import type { MapSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { deleteMap, duplicateMap } from '../../api/maps.ts'
import { modals, notifications, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** What can be done with a map from a list: copying it and, after a question, deleting it. */
export function useMapActions() {
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['maps'] })
  const fail = (error: unknown) =>
    notifications.show({
      color: 'red',
      title: messages.actionFailed,
      message: error instanceof ApiError ? error.message : '',
    })
  const copy = useMutation({
    mutationFn: (map: MapSummary) => duplicateMap(map.id),
    onSuccess: async (_copy, map) => {
      await refresh()
      notifications.show({ message: messages.duplicated(map.title) })
    },
    onError: fail,
  })
  const remove = useMutation({
    mutationFn: (map: MapSummary) => deleteMap(map.id),
    onSuccess: async (_nothing, map) => {
      await refresh()
      notifications.show({ message: messages.deleted(map.title) })
    },
    onError: fail,
  })
  return {
    duplicate: (map: MapSummary) => copy.mutate(map),
    confirmDelete: (map: MapSummary) =>
      modals.openConfirmModal({
        title: messages.deleteTitle(map.title),
        children: (
          <Stack gap="xs">
            <Text>{messages.deleteText}</Text>
            {map.privacy === 'public' && <Text>{messages.deletePublicText}</Text>}
          </Stack>
        ),
        labels: { confirm: messages.delete, cancel: messages.cancel },
        confirmProps: { color: 'red' },
        onConfirm: () => remove.mutate(map),
      }),
  }
}
