import type { MapSummary } from '@graticule/contract'
import { IconFolderSymlink, IconShare, IconTag, IconTransfer, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useCan } from '../../shell/use-session.ts'
import { Button } from '../../ui/index.ts'
import { MoveDialog } from '../projects/move-dialog.tsx'
import { TransferDialog } from '../settings/assets/transfer-dialog.tsx'
import { BatchDeleteDialog, BatchShareDialog, BatchTagDialog } from './batch-dialogs.tsx'
import classes from './library.module.css'
import { libraryMessages as messages } from './messages.ts'

type Dialog = 'tag' | 'share' | 'move' | 'transfer' | 'delete'

/** What can be done with the maps that are selected. Whether each may is the server's to say, map by map. */
export function BatchBar({ maps, onClear }: { maps: readonly MapSummary[]; onClear: () => void }) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const canTransfer = useCan('asset.manage').allowed
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
      <Button size="xs" variant="default" leftSection={<IconTag size={14} />} onClick={() => setDialog('tag')}>
        {messages.batchTag}
      </Button>
      <Button size="xs" variant="default" leftSection={<IconShare size={14} />} onClick={() => setDialog('share')}>
        {messages.batchShare}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFolderSymlink size={14} />}
        onClick={() => setDialog('move')}
      >
        {messages.batchMove}
      </Button>
      {canTransfer && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTransfer size={14} />}
          onClick={() => setDialog('transfer')}
        >
          {messages.batchTransfer}
        </Button>
      )}
      <Button
        size="xs"
        color="red"
        variant="light"
        leftSection={<IconTrash size={14} />}
        onClick={() => setDialog('delete')}
      >
        {messages.batchDelete}
      </Button>
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
