import type { MapSummary, Privacy, ViewerAuthentication } from '@graticule/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { connectionsQuery } from '../../api/connections.ts'
import { mapQuery, setMapSharingOptions } from '../../api/maps.ts'
import { sharingQuery } from '../../api/sharing.ts'
import { CopyTextButton, Modal, PasswordField, Stack, TextInput } from '../../ui/index.ts'
import {
  NO_PUBLICATION,
  PublicationFields,
  toPublication,
  usePublicationCheck,
} from '../publishing/publication-fields.tsx'
import { embedCode } from './consequence.ts'
import { MapSharingOptions } from './map-sharing-options.tsx'
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
  const mayBeOpen = useQuery(sharingQuery({ kind: 'map', id: map.id })).data?.choices.openLink.allowed ?? true
  const [password, setPassword] = useState('')
  const [publication, setPublication] = useState(NO_PUBLICATION)
  // Nothing is counted in a warehouse before somebody thinks of a public link.
  const [isPublishing, setIsPublishing] = useState(false)
  const { isReady, query: check } = usePublicationCheck(map.id, publication, isPublishing)
  const hasPassword = detail?.hasPassword ?? map.publishedWithPassword
  const connections = useQuery(connectionsQuery).data ?? []
  const personalNames = (way: ViewerAuthentication) =>
    map.connectionNames.filter((name) =>
      connections.some(
        (each) => each.name === name && each.credentialPolicy === 'viewer' && each.viewerAuthentication === way,
      ),
    )
  const newPassword = mayBeOpen ? messages.linkPassword : messages.requiredLinkPassword
  return (
    <ShareForm
      asset={{ kind: 'map', id: map.id }}
      connectionNames={map.connectionNames}
      isCollaborative={detail?.collaborative ?? map.collaborative}
      hasPassword={hasPassword || password !== ''}
      ownLoginNames={personalNames('stored')}
      certifiedNames={[...personalNames('certificate'), ...personalNames('token')]}
      publicLink={{
        isReady,
        publication: toPublication(publication, check.data),
        fields: (isPublishing) => (
          <PublicLinkFields isShown={isPublishing} onShown={setIsPublishing}>
            <PublicationFields draft={publication} query={check} onChange={setPublication} />
            <PasswordField
              required={!mayBeOpen && !hasPassword}
              label={hasPassword ? messages.newLinkPassword : newPassword}
              description={hasPassword ? messages.keepsLinkPassword : messages.linkPasswordHelp}
              capsLockMessage={messages.capsLock}
              autoComplete="new-password"
              maxLength={200}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          </PublicLinkFields>
        ),
        // Before the link is there, so that it never stands open without.
        prepare: async () => {
          if (password === '') return
          await setMapSharingOptions(map.id, { password })
          setPassword('')
        },
      }}
      onShared={async () => {
        setPublication(NO_PUBLICATION)
        await queryClient.invalidateQueries({ queryKey: mapQuery(map.id).queryKey })
        await queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
      }}
      onClose={onClose}
    >
      {detail && detail.publishedAt !== null && <MapSharingOptions map={detail} />}
      <LinkRows
        privacy={detail?.privacy ?? map.privacy}
        isGiven={(detail ?? map).sharedThrough.length > 0}
        url={detail?.publicUrl ?? new URL(`/map/${map.id}`, location.origin).href}
        embedUrl={detail?.embedUrl ?? new URL(`/embed/${map.id}`, location.origin).href}
        title={map.title}
      />
    </ShareForm>
  )
}

/** What is asked when a map is about to get a public link; tells whether it is. */
function PublicLinkFields(props: { isShown: boolean; onShown: (isShown: boolean) => void; children: ReactNode }) {
  const { isShown, onShown } = props
  useEffect(() => onShown(isShown), [isShown, onShown])
  return isShown ? <Stack gap="md">{props.children}</Stack> : null
}

function LinkRows(props: {
  privacy: Privacy
  /** Whether a project that it is in gives it to others. */
  isGiven: boolean
  url: string
  embedUrl: string
  title: string
}) {
  const isPrivate = props.privacy === 'private'
  const canLink = !isPrivate || props.isGiven
  const givenNote = isPrivate ? messages.linkForProject : undefined
  const canEmbed = props.privacy === 'public'
  const code = embedCode(props.embedUrl, props.title)
  return (
    <Stack gap="xs" role="group" aria-label={messages.links}>
      <div className={classes.linkRow}>
        <TextInput
          label={messages.linkLabel}
          description={canLink ? givenNote : messages.linkNeedsSharing}
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
