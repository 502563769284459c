import type { WorkflowSummary } from '@graticule/contract'
import { IconFolderSymlink, IconTag } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { deleteWorkflow } from '../../api/workflows.ts'
import { RuledMenuItem, useDisclosure } from '../../ui/index.ts'
import { TagsDialog } from '../library/tags-dialog.tsx'
import { messages as projectMessages } from '../projects/messages.ts'
import { MoveDialog } from '../projects/move-dialog.tsx'
import { useShortcutOffer } from '../projects/use-shortcut-offer.tsx'
import { AssetMenu } from '../sharing/asset-menu.tsx'
import { messages } from './messages.ts'
import { WorkflowDialog } from './workflow-dialog.tsx'

/** What can be done with one workflow; `onDeleted` leads away from a page that is about it. */
export function WorkflowMenu({ workflow, onDeleted }: { workflow: WorkflowSummary; onDeleted?: () => void }) {
  const queryClient = useQueryClient()
  const [isEditing, editing] = useDisclosure(false)
  const [isMoving, moving] = useDisclosure(false)
  const [isTagging, tagging] = useDisclosure(false)
  const { id, permissions, title, updatedAt } = workflow
  const placeId = workflow.project?.id ?? null
  const shortcut = useShortcutOffer({ kind: 'workflow', assetId: id, name: title, placeId })
  const forget = async () => {
    onDeleted?.()
    queryClient.removeQueries({ queryKey: ['workflows', 'detail', id] })
    await queryClient.invalidateQueries({ queryKey: ['workflows', 'list'] })
  }
  return (
    <>
      <AssetMenu
        kind="workflow"
        id={id}
        name={title}
        permissions={permissions}
        words={{ ...messages, edit: messages.rename }}
        onEdit={editing.open}
        onShared={() => queryClient.invalidateQueries({ queryKey: ['workflows'] })}
        remove={() => deleteWorkflow(id)}
        onRemoved={forget}
      >
        <RuledMenuItem
          permission={permissions.move}
          leftSection={<IconFolderSymlink size={16} stroke={1.6} />}
          onClick={moving.open}
        >
          {projectMessages.move}
        </RuledMenuItem>
        {shortcut.item}
        <RuledMenuItem
          permission={permissions.edit}
          leftSection={<IconTag size={16} stroke={1.6} />}
          onClick={tagging.open}
        >
          {messages.tags}
        </RuledMenuItem>
      </AssetMenu>
      <MoveDialog
        items={[{ kind: 'workflow', id, name: title, projectId: placeId }]}
        opened={isMoving}
        onClose={moving.close}
      />
      {shortcut.dialog}
      <TagsDialog
        asset={{ kind: 'workflow', id, name: title, tags: workflow.tags }}
        opened={isTagging}
        onClose={tagging.close}
      />
      <WorkflowDialog key={updatedAt} workflow={workflow} opened={isEditing} onClose={editing.close} />
    </>
  )
}
