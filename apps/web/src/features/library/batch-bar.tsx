import type { MapSummary } from '@graticule/contract'
import { IconFolderSymlink, IconShare, IconTag, IconTransfer, IconTrash } from '@tabler/icons-react'
import { type ComponentType, useState } from 'react'
import { useCan } from '../../shell/use-session.ts'
import { Button, RuledButton } from '../../ui/index.ts'
import { MoveDialog } from '../projects/move-dialog.tsx'
import { TransferDialog } from '../settings/assets/transfer-dialog.tsx'
import { BatchDeleteDialog, BatchShareDialog, BatchTagDialog } from './batch-dialogs.tsx'
import classes from './library.module.css'
import { libraryMessages as messages } from './messages.ts'

type Dialog = 'tag' | 'share' | 'move' | 'transfer' | 'delete'

type MapRight = keyof MapSummary['permissions']

/** What can be done, with the right to a map that each takes; null: it is the right to everybody's assets. */
const ACTIONS: readonly {
  readonly opens: Dialog
  readonly Icon: ComponentType<{ size: number }>
  readonly right: MapRight | null
  readonly isDangerous?: boolean
}[] = [
  { opens: 'tag', Icon: IconTag, right: 'edit' },
  { opens: 'share', Icon: IconShare, right: 'share' },
  { opens: 'move', Icon: IconFolderSymlink, right: 'move' },
  { opens: 'transfer', Icon: IconTransfer, right: null },
  { opens: 'delete', Icon: IconTrash, right: 'delete', isDangerous: true },
]

/** What can be done with the maps that are selected; what can be done with none of them says why. */
export function BatchBar({ maps, onClear }: { maps: readonly MapSummary[]; onClear: () => void }) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const transfer = useCan('asset.manage')
  const close = () => setDialog(null)
  const finish = () => {
    close()
    onClear()
  }
  if (maps.length === 0) return null
  const props = { maps, onClose: close, onDone: finish }
  return (
    <section className={classes.selection} aria-label={messages.selected(maps.length)}>
      <span role="status">{messages.selected(maps.length)}</span>
      {ACTIONS.map(({ opens, Icon, right, isDangerous }) => (
        <RuledButton
          key={opens}
          size="xs"
          color={isDangerous ? 'red' : undefined}
          variant={isDangerous ? 'light' : 'default'}
          leftSection={<Icon size={14} aria-hidden />}
          rule={right === null ? (transfer.allowed ? undefined : transfer.reason) : ruleOf(maps, right)}
          onClick={() => setDialog(opens)}
        >
          {messages.batch[opens]}
        </RuledButton>
      ))}
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {messages.clearSelection}
      </Button>
      {dialog === 'tag' && <BatchTagDialog {...props} />}
      {dialog === 'share' && <BatchShareDialog {...props} />}
      {dialog === 'delete' && <BatchDeleteDialog {...props} />}
      <MoveDialog
        items={maps.map(({ id, title, project }) => ({ kind: 'map', id, name: title, projectId: project?.id ?? null }))}
        opened={dialog === 'move'}
        onClose={close}
      />
      {dialog === 'transfer' && (
        <TransferDialog
          assets={maps.map(({ id, title }) => ({ resourceType: 'map', id, name: title }))}
          onClose={close}
          onDone={finish}
        />
      )}
    </section>
  )
}

/** Why none of the maps may be treated so; undefined where some may, and the server's answer tells which. */
function ruleOf(maps: readonly MapSummary[], right: MapRight): string | undefined {
  if (maps.some(({ permissions }) => permissions[right].allowed)) return undefined
  return maps[0]?.permissions[right].reason
}
