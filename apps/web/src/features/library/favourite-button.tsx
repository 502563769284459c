import type { LibraryItem } from '@graticule/contract'
import { IconStar, IconStarFilled } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { setFavourite } from '../../api/library.ts'
import { ActionIcon, notifications, Tooltip } from '../../ui/index.ts'
import { libraryMessages as messages } from './messages.ts'

const LISTS = { map: 'maps', workflow: 'workflows', application: 'applications' } as const

/** The star of something: filled while the person keeps it among their favourites. */
export function FavouriteButton(props: { kind: LibraryItem['kind']; id: string; name: string; isFavourite: boolean }) {
  const { kind, id, name } = props
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: (isFavourite: boolean) => setFavourite(kind, id, isFavourite),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['library', 'favourites'] }),
        queryClient.invalidateQueries({ queryKey: [LISTS[kind], 'list'] }),
      ]),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  // What was pressed shows at once.
  const isOn = change.isPending ? change.variables : props.isFavourite
  const label = isOn ? messages.removeFavourite(name) : messages.addFavourite(name)
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
