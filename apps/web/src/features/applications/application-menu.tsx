import type { ApplicationSummary } from '@graticule/contract'
import { IconDots, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { deleteApplication } from '../../api/applications.ts'
import { ActionIcon, Menu, modals, notifications, RuledMenuItem, Text, useDisclosure } from '../../ui/index.ts'
import { AssetShareDialog } from '../sharing/asset-share-dialog.tsx'
import { ApplicationDialog } from './application-dialog.tsx'
import { messages } from './messages.ts'

/** What can be done with one application. */
export function ApplicationMenu({ application }: { application: ApplicationSummary }) {
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['applications'] })
  const [isSharing, sharing] = useDisclosure(false)
  const [isEditing, editing] = useDisclosure(false)
  const remove = useMutation({
    mutationFn: () => deleteApplication(application.id),
    onSuccess: async () => {
      await refresh()
      notifications.show({ message: messages.deleted(application.name) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.actionFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  const confirmDelete = () =>
    modals.openConfirmModal({
      title: messages.deleteTitle(application.name),
      children: <Text>{messages.deleteText}</Text>,
      labels: { confirm: messages.delete, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(application.name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <RuledMenuItem
            permission={application.permissions.edit}
            leftSection={<IconPencil size={16} stroke={1.6} />}
            onClick={editing.open}
          >
            {messages.edit}
          </RuledMenuItem>
          <RuledMenuItem
            permission={application.permissions.share}
            leftSection={<IconShare size={16} stroke={1.6} />}
            onClick={sharing.open}
          >
            {messages.share}
          </RuledMenuItem>
          <Menu.Divider />
          <RuledMenuItem
            permission={application.permissions.delete}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={confirmDelete}
          >
            {messages.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <AssetShareDialog
        asset={{ kind: 'application', id: application.id }}
        name={application.name}
        opened={isSharing}
        onShared={refresh}
        onClose={sharing.close}
      />
      <ApplicationDialog
        key={application.updatedAt}
        application={application}
        opened={isEditing}
        onClose={editing.close}
      />
    </>
  )
}
