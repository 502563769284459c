import type { MapSummary, Privacy } from '@graticule/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { mapQuery } from '../../api/maps.ts'
import { CopyTextButton, Modal, Stack, TextInput } from '../../ui/index.ts'
import { embedCode } from './consequence.ts'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'
import { ShareForm } from './share-form.tsx'

/** Decides who can see a map, says in words what follows, and hands out the link and the embed code. */
export function ShareDialog(props: { map: MapSummary; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.title(props.map.title)} size={520}>
      <MapShareForm map={props.map} onClose={props.onClose} />
    </Modal>
  )
}

function MapShareForm({ map, onClose }: { map: MapSummary; onClose: () => void }) {
  const queryClient = useQueryClient()
  const detail = useQuery(mapQuery(map.id)).data
  return (
    <ShareForm
      asset={{ kind: 'map', id: map.id }}
      connectionNames={map.connectionNames}
      onShared={async () => {
        await queryClient.invalidateQueries({ queryKey: mapQuery(map.id).queryKey })
        await queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
      }}
      onClose={onClose}
    >
      <LinkRows
        privacy={detail?.privacy ?? map.privacy}
        url={detail?.publicUrl ?? new URL(`/map/${map.id}`, location.origin).href}
        embedUrl={detail?.embedUrl ?? new URL(`/embed/${map.id}`, location.origin).href}
        title={map.title}
      />
    </ShareForm>
  )
}

function LinkRows(props: { privacy: Privacy; url: string; embedUrl: string; title: string }) {
  const canLink = props.privacy !== 'private'
  const canEmbed = props.privacy === 'public'
  const code = embedCode(props.embedUrl, props.title)
  return (
    <Stack gap="xs" role="group" aria-label={messages.links}>
      <div className={classes.linkRow}>
        <TextInput
          label={messages.linkLabel}
          description={canLink ? undefined : messages.linkNeedsSharing}
          readOnly
          disabled={!canLink}
          value={canLink ? props.url : ''}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton value={props.url} label={messages.copyLink} disabled={!canLink} />
      </div>
      <div className={classes.linkRow}>
        <TextInput
          label={messages.embedLabel}
          description={canEmbed ? undefined : messages.embedNeedsPublic}
          readOnly
          disabled={!canEmbed}
          value={canEmbed ? code : ''}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton value={code} label={messages.copyEmbed} disabled={!canEmbed} />
      </div>
    </Stack>
  )
}
