import type { WorkflowSummary } from '@graticule/contract'
import { IconDots, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { deleteWorkflow } from '../../api/workflows.ts'
import { ActionIcon, Menu, modals, notifications, RuledMenuItem, Text, useDisclosure } from '../../ui/index.ts'
import { AssetShareDialog } from '../sharing/asset-share-dialog.tsx'
import { messages } from './messages.ts'
import { WorkflowDialog } from './workflow-dialog.tsx'

/** What can be done with one workflow; `onDeleted` leads away from a page that is about it. */
export function WorkflowMenu({ workflow, onDeleted }: { workflow: WorkflowSummary; onDeleted?: () => void }) {
  const queryClient = useQueryClient()
  const [isSharing, sharing] = useDisclosure(false)
  const [isEditing, editing] = useDisclosure(false)
  const remove = useMutation({
    mutationFn: () => deleteWorkflow(workflow.id),
    onSuccess: async () => {
      onDeleted?.()
      notifications.show({ message: messages.deleted(workflow.title) })
      queryClient.removeQueries({ queryKey: ['workflows', 'detail', workflow.id] })
      await queryClient.invalidateQueries({ queryKey: ['workflows', 'list'] })
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
      title: messages.deleteTitle(workflow.title),
      children: <Text>{messages.deleteText}</Text>,
      labels: { confirm: messages.delete, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    })
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(workflow.title)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <RuledMenuItem
            permission={workflow.permissions.edit}
            leftSection={<IconPencil size={16} stroke={1.6} />}
            onClick={editing.open}
          >
            {messages.rename}
          </RuledMenuItem>
          <RuledMenuItem
            permission={workflow.permissions.share}
            leftSection={<IconShare size={16} stroke={1.6} />}
            onClick={sharing.open}
          >
            {messages.share}
          </RuledMenuItem>
          <Menu.Divider />
          <RuledMenuItem
            permission={workflow.permissions.delete}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={confirmDelete}
          >
            {messages.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <AssetShareDialog
        asset={{ kind: 'workflow', id: workflow.id }}
        name={workflow.title}
        opened={isSharing}
        onShared={() => queryClient.invalidateQueries({ queryKey: ['workflows'] })}
        onClose={sharing.close}
      />
      <WorkflowDialog key={workflow.updatedAt} workflow={workflow} opened={isEditing} onClose={editing.close} />
    </>
  )
}
