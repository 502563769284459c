import type { MapDetail, MapSharingOptionsBody } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { mapQuery, publishMap, setMapSharingOptions } from '../../api/maps.ts'
import { sharingQuery } from '../../api/sharing.ts'
import {
  Button,
  FormError,
  formatExactTime,
  Group,
  PasswordField,
  RelativeTime,
  RuledButton,
  Stack,
  Switch,
  Text,
} from '../../ui/index.ts'
import {
  NO_PUBLICATION,
  PublicationFields,
  toPublication,
  usePublicationCheck,
} from '../publishing/publication-fields.tsx'
import { isAboutPublication, wantsReason } from '../publishing/publication-refusals.ts'
import { PublicationSettings } from '../publishing/publication-settings.tsx'
import { shareMessages as messages } from './messages.ts'
import classes from './share-dialog.module.css'

/** How a shared map is shared besides its audience: what is published, its password, where it stands, who may help. */
export function MapSharingOptions({ map }: { map: MapDetail }) {
  const queryClient = useQueryClient()
  const keep = (changed: MapDetail) => {
    queryClient.setQueryData(mapQuery(map.id).queryKey, changed)
    void queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    void queryClient.invalidateQueries({ queryKey: ['sharing', 'map', map.id] })
  }
  const [publication, setPublication] = useState(NO_PUBLICATION)
  const publish = useMutation({
    mutationFn: () => publishMap(map.id, map.revision, isAsked ? toPublication(publication, check.data) : undefined),
    onSuccess: (changed) => {
      setPublication(NO_PUBLICATION)
      setIsAsked(false)
      keep(changed)
    },
    onError: (error) => {
      setIsAsked(isAboutPublication(error))
      setMustSayWhy(wantsReason(error))
      void queryClient.invalidateQueries({ queryKey: ['publication-check', map.id] })
    },
  })
  // Only once the server says that the public comes to see more.
  const [isAsked, setIsAsked] = useState(false)
  const [mustSayWhy, setMustSayWhy] = useState(false)
  const { isReady, query: check } = usePublicationCheck(map.id, publication, isAsked, mustSayWhy)
  const set = useMutation({
    mutationFn: (options: MapSharingOptionsBody) => setMapSharingOptions(map.id, options),
    onSuccess: keep,
  })
  const { allowed } = map.permissions.share
  return (
    <Stack gap="sm">
      {map.publishedAt !== null && (
        <Group justify="space-between" gap="xs" role="group" aria-label={messages.publication}>
          <Text size="sm">
            {/* Whoever may not edit it is not told whether there is a draft. */}
            {map.permissions.edit.allowed && `${map.hasUnpublishedChanges ? messages.unpublished : messages.upToDate} `}
            {messages.publishedBy(map.publishedBy)} <RelativeTime at={map.publishedAt} />.
          </Text>
          <RuledButton
            variant="light"
            size="compact-sm"
            rule={ruleOfPublishing(map, map.publishedAt)}
            disabled={isAsked && !isReady}
            loading={publish.isPending}
            onClick={() => publish.mutate()}
          >
            {messages.publish}
          </RuledButton>
        </Group>
      )}
      <FormError error={publish.error} />
      {isAsked && (
        <PublicationFields draft={publication} query={check} mustSayWhy={mustSayWhy} onChange={setPublication} />
      )}
      {map.privacy === 'public' && allowed && <LinkPassword map={map} isBusy={set.isPending} onSet={set.mutateAsync} />}
      {map.privacy === 'public' && allowed && <PublicationSettings map={map} />}
      <Switch
        label={messages.discoverable}
        description={messages.discoverableHelp}
        checked={map.discoverable}
        disabled={!allowed || set.isPending}
        onChange={(event) => set.mutate({ discoverable: event.currentTarget.checked })}
      />
      <Switch
        label={messages.collaborative}
        description={messages.collaborativeHelp}
        checked={map.collaborative}
        disabled={!allowed || set.isPending}
        onChange={(event) => set.mutate({ collaborative: event.currentTarget.checked })}
      />
      <FormError error={set.error} />
    </Stack>
  )
}

/** Why its changes cannot be published now; undefined when they can. */
function ruleOfPublishing({ permissions, hasUnpublishedChanges }: MapDetail, publishedAt: string): string | undefined {
  const { allowed, reason } = permissions.publish
  if (!allowed) return reason
  return hasUnpublishedChanges ? undefined : messages.nothingToPublish(formatExactTime(new Date(publishedAt)))
}

function LinkPassword(props: {
  map: MapDetail
  isBusy: boolean
  onSet: (options: MapSharingOptionsBody) => Promise<unknown>
}) {
  const { map, isBusy, onSet } = props
  const [password, setPassword] = useState('')
  const openLink = useQuery(sharingQuery({ kind: 'map', id: map.id })).data?.choices.openLink
  const changeHelp = [messages.changeEndsAccess, openLink?.reason].filter(Boolean).join(' ')
  return (
    <form
      className={classes.password}
      onSubmit={(event) => {
        event.preventDefault()
        // What went wrong is said below.
        onSet({ password }).then(
          () => setPassword(''),
          () => undefined,
        )
      }}
    >
      <PasswordField
        label={map.hasPassword ? messages.newLinkPassword : messages.linkPassword}
        description={map.hasPassword ? changeHelp : messages.linkPasswordHelp}
        capsLockMessage={messages.capsLock}
        autoComplete="new-password"
        maxLength={200}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Group gap="xs" justify="flex-end">
        {map.hasPassword && (
          <Button
            variant="subtle"
            color="red"
            disabled={isBusy || openLink?.allowed === false}
            // What went wrong is said below.
            onClick={() => void onSet({ password: null }).catch(() => undefined)}
          >
            {messages.removePassword}
          </Button>
        )}
        <Button type="submit" variant="default" disabled={password === '' || isBusy}>
          {map.hasPassword ? messages.changePassword : messages.setPassword}
        </Button>
      </Group>
    </form>
  )
}
