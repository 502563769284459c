import type { ShortcutBody } from '@graticule/contract'
import { IconArrowUpRight } from '@tabler/icons-react'
import { addShortcut } from '../../api/projects.ts'
import { useCan } from '../../shell/use-session.ts'
import { Menu, useDisclosure } from '../../ui/index.ts'
import { PlaceShortcutDialog } from './place-shortcut-dialog.tsx'
import { messages } from './shortcut-messages.ts'

/** What an asset's menu needs to offer a shortcut: its line, and the dialog that stands outside of the menu. */
export function useShortcutOffer(asset: ShortcutBody & { readonly name: string; readonly placeId: string | null }) {
  const [isPlacing, placing] = useDisclosure(false)
  // Whoever makes no projects edits none.
  const { allowed } = useCan('project.create')
  if (!allowed) return { item: null, dialog: null }
  const { assetId, kind, name, placeId } = asset
  return {
    item: (
      <Menu.Item leftSection={<IconArrowUpRight size={16} stroke={1.6} />} onClick={placing.open}>
        {messages.menu}
      </Menu.Item>
    ),
    dialog: (
      <PlaceShortcutDialog
        title={messages.placeTitle(name)}
        submit={messages.addButton}
        excludedId={placeId}
        place={(projectId) => addShortcut(projectId, { kind, assetId })}
        saysPlaced={(where) => messages.added(name, where)}
        opened={isPlacing}
        onClose={placing.close}
      />
    ),
  }
}
