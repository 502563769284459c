import type { MapDetail } from '@graticule/contract'
import { IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconEye, IconShare2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { mapQuery } from '../../api/maps.ts'
import { ColorSchemeToggle } from '../../shell/color-scheme-toggle.tsx'
import { ActionIcon, Button, TextInput, Tooltip, UnstyledButton } from '../../ui/index.ts'
import { ShareDialog } from '../sharing/share-dialog.tsx'
import classes from './builder.module.css'
import { setTitle } from './commands/map.ts'
import { messages } from './messages.ts'
import { PublishState } from './publish-state.tsx'
import { SaveIndicator } from './save-indicator.tsx'
import { useBuilder, useDocument } from './store/builder-store.ts'

/** The bar above the map: title, save state, undo, preview and sharing. */
export function BuilderHeader({ detail, isLoading }: { detail: MapDetail; isLoading: boolean }) {
  const [isSharing, setIsSharing] = useState(false)
  const undo = useBuilder((state) => state.undo)
  const redo = useBuilder((state) => state.redo)
  const saveNow = useBuilder((state) => state.saveNow)
  const canUndo = useBuilder((state) => state.log.past.length > 0)
  const canRedo = useBuilder((state) => state.log.future.length > 0)
  const shared = useQuery({ ...mapQuery(detail.id), enabled: false }).data ?? detail
  return (
    <header className={classes.header}>
      <Tooltip label={messages.backToMaps}>
        <ActionIcon aria-label={messages.backToMaps} renderRoot={(props) => <Link to="/maps" {...props} />}>
          <IconChevronLeft size={18} />
        </ActionIcon>
      </Tooltip>
      <Title />
      <SaveIndicator />
      <Tooltip label={`${messages.undo} (⌘Z)`}>
        <ActionIcon aria-label={messages.undo} disabled={!canUndo} onClick={undo} className={classes.hideNarrow}>
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${messages.redo} (⇧⌘Z)`}>
        <ActionIcon aria-label={messages.redo} disabled={!canRedo} onClick={redo} className={classes.hideNarrow}>
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.spacer} />
      <span className={classes.hideNarrow}>
        <ColorSchemeToggle />
      </span>
      <PublishState detail={shared} />
      <Button
        variant="default"
        leftSection={<IconEye size={16} />}
        className={classes.hideNarrow}
        renderRoot={(props) => <a href={`/map/${detail.id}`} target="_blank" rel="noreferrer" {...props} />}
        onClick={() => void saveNow()}
      >
        {messages.preview}
      </Button>
      <Button leftSection={<IconShare2 size={16} />} onClick={() => setIsSharing(true)}>
        {messages.share}
      </Button>
      <ShareDialog map={shared} opened={isSharing} onClose={() => setIsSharing(false)} />
      {isLoading && <div className={classes.progress} role="progressbar" aria-label={messages.layerRow.loading} />}
    </header>
  )
}

function Title() {
  const { title } = useDocument()
  const run = useBuilder((state) => state.run)
  const [draft, setDraft] = useState<string | null>(null)
  const finish = () => {
    if (draft !== null) run(setTitle(draft))
    setDraft(null)
  }
  if (draft === null) {
    return (
      <UnstyledButton className={classes.title} title={messages.editTitle} onClick={() => setDraft(title)}>
        {title}
      </UnstyledButton>
    )
  }
  return (
    <TextInput
      aria-label={messages.titleLabel}
      value={draft}
      maxLength={200}
      w={280}
      ref={(input) => {
        if (input && document.activeElement !== input && draft === title) input.select()
      }}
      autoFocus
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish()
        if (event.key === 'Escape') setDraft(null)
      }}
    />
  )
}
