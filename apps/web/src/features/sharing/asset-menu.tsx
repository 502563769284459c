import type { Permission } from '@graticule/contract'
import { IconDots, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { ActionIcon, Menu, modals, notifications, RuledMenuItem, Text, useDisclosure } from '../../ui/index.ts'
import { AssetShareDialog } from './asset-share-dialog.tsx'

/** The words that a kind of asset has for its menu. */
interface AssetMenuWords {
  actionsOf(name: string): string
  readonly edit: string
  readonly share: string
  readonly delete: string
  readonly cancel: string
  deleteTitle(name: string): string
  readonly deleteText: string
  deleted(name: string): string
  readonly actionFailed: string
}

/** What can be done with an asset that is a document: edit it, share it, and delete it after a question. */
export function AssetMenu(props: {
  readonly kind: 'workflow' | 'application'
  readonly id: string
  readonly name: string
  readonly permissions: { readonly edit: Permission; readonly share: Permission; readonly delete: Permission }
  readonly words: AssetMenuWords
  readonly onEdit: () => void
  /** What stands between sharing and deleting. */
  readonly children?: ReactNode
  readonly onShared: () => Promise<void>
  readonly remove: () => Promise<unknown>
  readonly onRemoved: () => Promise<unknown>
}) {
  const { id, kind, name, permissions, words, onEdit, onRemoved, onShared } = props
  const [isSharing, sharing] = useDisclosure(false)
  const remove = useMutation({
    mutationFn: props.remove,
    onSuccess: async () => {
      notifications.show({ message: words.deleted(name) })
      await onRemoved()
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: words.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  const confirmDelete = () =>
    modals.openConfirmModal({
      title: words.deleteTitle(name),
      children: <Text>{words.deleteText}</Text>,
      labels: { confirm: words.delete, cancel: words.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={words.actionsOf(name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <RuledMenuItem
            permission={permissions.edit}
            leftSection={<IconPencil size={16} stroke={1.6} />}
            onClick={onEdit}
          >
            {words.edit}
          </RuledMenuItem>
          <RuledMenuItem
            permission={permissions.share}
            leftSection={<IconShare size={16} stroke={1.6} />}
            onClick={sharing.open}
          >
            {words.share}
          </RuledMenuItem>
          {props.children}
          <Menu.Divider />
          <RuledMenuItem
            permission={permissions.delete}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={confirmDelete}
          >
            {words.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <AssetShareDialog
        asset={{ kind, id }}
        name={name}
        opened={isSharing}
        onShared={onShared}
        onClose={sharing.close}
      />
    </>
  )
}
