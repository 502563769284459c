import type { AudienceBody, MapSummary } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { deleteMany, shareMany, sharePreviewQuery, tagMany } from '../../api/library.ts'
import { sharingQuery } from '../../api/sharing.ts'
import { ConsequenceList, FormError, Radio, Skeleton, Stack, Text } from '../../ui/index.ts'
import { BatchFailures } from '../settings/assets/batch-failures.tsx'
import { GainsAndLosses } from '../sharing/access-change.tsx'
import { type AudienceDraft, toWish } from '../sharing/audience-choice.ts'
import { AudiencePicker } from '../sharing/audience-picker.tsx'
import { shareMessages } from '../sharing/messages.ts'
import { BatchDialog } from './batch-dialog.tsx'
import { libraryMessages as messages } from './messages.ts'
import { TagsField } from './tags-field.tsx'

interface Props {
  readonly maps: readonly MapSummary[]
  readonly onClose: () => void
  readonly onDone: () => void
}

const CHOICES = ['private', 'organization', 'specific', 'public'] as const

function keysOf(maps: readonly MapSummary[]) {
  return maps.map(({ id }) => ({ resourceType: 'map' as const, id }))
}

function named(maps: readonly MapSummary[]) {
  return maps.map(({ id, title }) => ({ id, name: title }))
}

/** Adds tags to the selected maps, and takes others away. */
export function BatchTagDialog({ maps, ...rest }: Props) {
  const [add, setAdd] = useState<string[]>([])
  const [remove, setRemove] = useState<string[]>([])
  return (
    <BatchDialog
      {...rest}
      title={messages.tagTitle(maps.length)}
      assets={named(maps)}
      button={messages.tagButton}
      isIncomplete={add.length + remove.length === 0}
      act={() => tagMany({ resources: keysOf(maps), add, remove })}
      succeeded={messages.tagged}
    >
      <TagsField kind="map" label={messages.addTags} value={add} isFirst onChange={setAdd} />
      <TagsField kind="map" label={messages.removeTags} value={remove} onChange={setRemove} />
    </BatchDialog>
  )
}

/** Gives the selected maps one audience. */
export function BatchShareDialog({ maps, ...rest }: Props) {
  const [draft, setDraft] = useState<AudienceDraft>({ choice: 'organization', picked: [] })
  const { choice, picked } = draft
  // What governance lets the person choose is the same for each of their maps.
  const sharing = useQuery(sharingQuery({ kind: 'map', id: maps[0]?.id ?? '' }))
  const choices = sharing.data?.choices
  const isNobody = choice === 'specific' && picked.length === 0
  return (
    <BatchDialog
      {...rest}
      title={messages.shareTitle(maps.length)}
      assets={named(maps)}
      button={messages.shareButton(maps.length)}
      isDangerous={choice === 'private'}
      // What is chosen from moves the buttons down when it comes: nobody is to press where one was.
      isIncomplete={sharing.isPending || isNobody}
      act={() => shareMany({ resources: keysOf(maps), audience: toWish(draft) })}
      succeeded={messages.shared}
    >
      <Text>{messages.shareText}</Text>
      <Radio.Group
        label={messages.shareQuestion}
        value={choice}
        onChange={(value) => setDraft({ choice: CHOICES.find((known) => known === value) ?? choice, picked })}
      >
        <Stack gap={6} mt={8}>
          {CHOICES.map((each) => (
            <Radio
              key={each}
              size="xs"
              value={each}
              label={shareMessages.choices[each].label}
              // Which of them have a password already, only their answers tell.
              description={choices?.[each].reason ?? (each === 'public' ? choices?.openLink.reason : undefined)}
              disabled={choices !== undefined && !choices[each].allowed}
            />
          ))}
        </Stack>
      </Radio.Group>
      {choices && (choice === 'specific' || choice === 'organization') && (
        <AudiencePicker
          kind="map"
          label={shareMessages.picker[choice]}
          ownerId={null}
          picked={picked}
          disabled={false}
          choices={choices}
          onChange={(next) => setDraft({ choice, picked: next })}
        />
      )}
      {choices && !isNobody && <ShareConsequence maps={maps} wish={toWish(draft)} />}
    </BatchDialog>
  )
}

/** Who gains and who loses access to any of the maps, and which of them stay as they are. */
function ShareConsequence({ maps, wish }: { maps: readonly MapSummary[]; wish: AudienceBody }) {
  const { data, error } = useQuery(sharePreviewQuery({ resources: keysOf(maps), audience: wish }))
  if (error) return <FormError error={error} />
  if (!data) return <Skeleton height={18} width="60%" aria-label={messages.shareChecking} />
  const { results, ...change } = data
  return (
    <div aria-live="polite">
      <ConsequenceList label={shareMessages.consequenceLabel}>
        <GainsAndLosses change={change} as="li" />
      </ConsequenceList>
      <BatchFailures results={results} assets={named(maps)} title={messages.shareRefused} />
    </div>
  )
}

/** Asks before the selected maps go to the trash. */
export function BatchDeleteDialog({ maps, ...rest }: Props) {
  return (
    <BatchDialog
      {...rest}
      title={messages.deleteTitle(maps.length)}
      assets={named(maps)}
      button={messages.deleteButton(maps.length)}
      isDangerous
      act={() => deleteMany({ resources: keysOf(maps) })}
      succeeded={messages.deleted}
    >
      <Text>{messages.deleteText}</Text>
    </BatchDialog>
  )
}
