import type { MapSummary } from '@graticule/contract'
import {
  IconCopy,
  IconDots,
  IconExternalLink,
  IconFolderSymlink,
  IconPencil,
  IconShare,
  IconTag,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { ActionIcon, Menu, RuledMenuItem, useDisclosure } from '../../ui/index.ts'
import { TagsDialog } from '../library/tags-dialog.tsx'
import { messages as projectMessages } from '../projects/messages.ts'
import { MoveDialog } from '../projects/move-dialog.tsx'
import { useShortcutOffer } from '../projects/use-shortcut-offer.tsx'
import { ShareDialog } from '../sharing/share-dialog.tsx'
import { messages } from './messages.ts'
import { useMapActions } from './use-map-actions.tsx'

/** The menu of one map in a list. */
export function MapMenu({ map }: { map: MapSummary }) {
  const { duplicate, confirmDelete } = useMapActions()
  const [isSharing, sharing] = useDisclosure(false)
  const [isMoving, moving] = useDisclosure(false)
  const [isTagging, tagging] = useDisclosure(false)
  const placeId = map.project?.id ?? null
  const shortcut = useShortcutOffer({ kind: 'map', assetId: map.id, name: map.title, placeId })
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={messages.actionsOf(map.title)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={16} stroke={1.6} />}
            renderRoot={(props) => <Link to="/maps/$mapId" params={{ mapId: map.id }} {...props} />}
          >
            {messages.open}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconExternalLink size={16} stroke={1.6} />}
            renderRoot={(props) => <Link to="/map/$mapId" params={{ mapId: map.id }} {...props} />}
          >
            {messages.view}
          </Menu.Item>
          <RuledMenuItem
            permission={map.permissions.share}
            leftSection={<IconShare size={16} stroke={1.6} />}
            onClick={sharing.open}
          >
            {messages.share}
          </RuledMenuItem>
          <RuledMenuItem
            permission={map.permissions.edit}
            leftSection={<IconTag size={16} stroke={1.6} />}
            onClick={tagging.open}
          >
            {messages.editTags}
          </RuledMenuItem>
          <RuledMenuItem
            permission={map.permissions.duplicate}
            leftSection={<IconCopy size={16} stroke={1.6} />}
            onClick={() => duplicate(map)}
          >
            {messages.duplicate}
          </RuledMenuItem>
          <RuledMenuItem
            permission={map.permissions.move}
            leftSection={<IconFolderSymlink size={16} stroke={1.6} />}
            onClick={moving.open}
          >
            {projectMessages.move}
          </RuledMenuItem>
          {shortcut.item}
          <Menu.Divider />
          <RuledMenuItem
            permission={map.permissions.delete}
            color="red"
            leftSection={<IconTrash size={16} stroke={1.6} />}
            onClick={() => confirmDelete(map)}
          >
            {messages.delete}
          </RuledMenuItem>
        </Menu.Dropdown>
      </Menu>
      <TagsDialog
        asset={{ kind: 'map', id: map.id, name: map.title, tags: map.tags }}
        opened={isTagging}
        onClose={tagging.close}
      />
      {shortcut.dialog}
      <ShareDialog map={map} opened={isSharing} onClose={sharing.close} />
      <MoveDialog
        items={[{ kind: 'map', id: map.id, name: map.title, projectId: placeId }]}
        opened={isMoving}
        onClose={moving.close}
      />
    </>
  )
}
