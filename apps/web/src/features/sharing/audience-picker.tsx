import type { SharingChoices } from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery } from '../../api/groups.ts'
import { peopleQuery } from '../../api/people.ts'
import { lookupError, MultiSelect, useDebouncedValue } from '../../ui/index.ts'
import type { PickedAudience } from './audience-choice.ts'
import { shareMessages as messages } from './messages.ts'

const FOUND = 20

/** Picks people and groups, found by name on the server; guests are offered only where they can be reached. */
export function AudiencePicker(props: {
  kind: ShareableKind
  label: string
  /** The owner, who has access anyway. */
  ownerId: string | null
  picked: readonly PickedAudience[]
  disabled: boolean
  /** What governance lets whoever picks choose. */
  choices: SharingChoices
  onChange: (picked: readonly PickedAudience[]) => void
}) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim() || undefined, 200)
  const groups = useQuery(groupsQuery({ search, pageSize: FOUND }))
  const people = useQuery(peopleQuery({ search, pageSize: FOUND }))
  const found: PickedAudience[] = [
    ...(groups.data?.groups ?? []).map(({ id, name }) => ({ kind: 'group' as const, id, name })),
    ...(people.data?.people ?? [])
      .filter(({ id, role }) => id !== props.ownerId && (props.kind === 'map' || role !== 'guest'))
      .map(({ id, name, email, isSupport }) => ({
        kind: 'user' as const,
        id,
        name: isSupport ? messages.supportPerson(name) : name,
        email,
      })),
  ]
  const { otherGroups, ownGroupIds } = props.choices
  const isForbidden = (groupId: string) =>
    !otherGroups.allowed && !ownGroupIds.includes(groupId) && !props.picked.some(({ id }) => id === groupId)
  const known = [...props.picked, ...found.filter(({ id }) => !props.picked.some((picked) => picked.id === id))]
  const options = (kind: PickedAudience['kind']) =>
    known
      .filter((audience) => audience.kind === kind)
      .map(({ id, name }) => ({ value: id, label: name, disabled: kind === 'group' && isForbidden(id) }))
  return (
    <MultiSelect
      label={props.label}
      description={otherGroups.allowed ? undefined : otherGroups.reason}
      placeholder={props.picked.length === 0 ? messages.pickerPlaceholder : undefined}
      searchable
      hidePickedOptions
      disabled={props.disabled}
      // The server has searched already, people by e-mail too.
      filter={({ options: all }) => all}
      error={lookupError(groups, people)}
      nothingFoundMessage={groups.isFetching || people.isFetching ? messages.searching : messages.nobodyFound}
      data={[
        { group: messages.groups, items: options('group') },
        { group: messages.people, items: options('user') },
      ]}
      value={props.picked.map(({ id }) => id)}
      searchValue={text}
      onSearchChange={setText}
      onChange={(ids) => props.onChange(known.filter(({ id }) => ids.includes(id)))}
    />
  )
}
