import type { ProjectSummary } from '@graticule/contract'
import { IconArrowUpRight, IconDots, IconFolderSymlink, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { deleteProject } from '../../api/projects.ts'
import {
  ActionIcon,
  Button,
  FormError,
  Group,
  Menu,
  Modal,
  notifications,
  RuledMenuItem,
  Stack,
  Text,
  useDisclosure,
} from '../../ui/index.ts'
import { AssetShareDialog } from '../sharing/asset-share-dialog.tsx'
import { AddShortcutDialog } from './add-shortcut-dialog.tsx'
import { messages } from './messages.ts'
import { MoveDialog } from './move-dialog.tsx'
import { ProjectDialog } from './project-dialog.tsx'
import { messages as shortcutMessages } from './shortcut-messages.ts'

/** What can be done with one project or subfolder; `onDeleted` leads away from a page that is about it. */
export function ProjectMenu({ project, onDeleted }: { project: ProjectSummary; onDeleted?: () => void }) {
  const queryClient = useQueryClient()
  const [isEditing, editing] = useDisclosure(false)
  const [isSharing, sharing] = useDisclosure(false)
  const [isMoving, moving] = useDisclosure(false)
  const [isPointing, pointing] = useDisclosure(false)
  const [isDeleting, deleting] = useDisclosure(false)
  const { id, name, parentId, permissions } = project
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <RuledMenuItem
            permission={permissions.edit}
            leftSection={<IconPencil size={16} stroke={1.6} />}
            onClick={editing.open}
          >
            {messages.edit}
          </RuledMenuItem>
          <RuledMenuItem
            permission={permissions.share}
            leftSection={<IconShare size={16} stroke={1.6} />}
            onClick={sharing.open}
          >
            {messages.share}
          </RuledMenuItem>
          <RuledMenuItem
            permission={permissions.edit}
            leftSection={<IconFolderSymlink size={16} stroke={1.6} />}
            onClick={moving.open}
          >
            {messages.move}
          </RuledMenuItem>
          <RuledMenuItem
            permission={permissions.edit}
            leftSection={<IconArrowUpRight size={16} stroke={1.6} />}
            onClick={pointing.open}
          >
            {shortcutMessages.add}
          </RuledMenuItem>
          <Menu.Divider />
          <RuledMenuItem
            permission={permissions.delete}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={deleting.open}
          >
            {messages.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <ProjectDialog project={project} parent={null} opened={isEditing} onClose={editing.close} />
      <AssetShareDialog
        asset={{ kind: 'project', id }}
        name={name}
        opened={isSharing}
        onShared={() => queryClient.invalidateQueries()}
        onClose={sharing.close}
      />
      <MoveDialog
        items={[{ kind: 'project', id, name, projectId: parentId }]}
        opened={isMoving}
        onClose={moving.close}
      />
      <AddShortcutDialog project={project} opened={isPointing} onClose={pointing.close} />
      <DeleteDialog project={project} opened={isDeleting} onClose={deleting.close} onDeleted={onDeleted} />
    </>
  )
}

function DeleteDialog(props: {
  project: ProjectSummary
  opened: boolean
  onClose: () => void
  onDeleted: (() => void) | undefined
}) {
  const { project, onClose, onDeleted } = props
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => deleteProject(project.id, true),
    onSuccess: async () => {
      notifications.show({ message: messages.deleted(project.name) })
      onClose()
      onDeleted?.()
      queryClient.removeQueries({ queryKey: ['projects', 'detail', project.id] })
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Modal opened={props.opened} onClose={onClose} title={messages.deleteTitle(project.name)} size={460}>
      <Stack gap="md">
        <Text>{messages.deleteText}</Text>
        <Text>{messages.deleteLosses}</Text>
        <FormError error={remove.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {messages.delete}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
