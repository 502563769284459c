import type { ShareableKind } from '@graticule/policy'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery } from '../../api/groups.ts'
import { tokensQuery } from '../../api/tokens.ts'
import { useCan } from '../../shell/use-session.ts'
import { Select, useDebouncedValue } from '../../ui/index.ts'
import { PersonPicker } from '../settings/assets/person-picker.tsx'
import { explainMessages as messages } from './messages.ts'

const SUBJECTS = ['user', 'group', 'token', 'anonymous'] as const
type SubjectKind = (typeof SUBJECTS)[number]
/** Whose access to each kind of asset is worth a question; what nobody but people ever has is not asked about others. */
const ASKED: Readonly<Record<ShareableKind, readonly SubjectKind[]>> = {
  map: SUBJECTS,
  connection: ['user', 'group', 'token'],
  workflow: ['user', 'group'],
  application: ['user', 'group'],
  project: ['user', 'group'],
}
const FOUND = 20

/** Chooses whose access is explained: somebody, a group, one of one's own API tokens, or visitors. */
export function SubjectPicker(props: { kind: ShareableKind; onPick: (subject: string | null) => void }) {
  const { kind, onPick } = props
  const [who, setWho] = useState<SubjectKind>('user')
  const [person, setPerson] = useState<string | null>(null)
  const mayListGroups = useCan('group.list').allowed
  const asked = ASKED[kind].filter((each) => each !== 'group' || mayListGroups)
  const choose = (value: string | null) => {
    const next = asked.find((each) => each === value) ?? 'user'
    setWho(next)
    setPerson(null)
    onPick(next === 'anonymous' ? 'anonymous' : null)
  }
  return (
    <>
      <Select
        aria-label={messages.who}
        allowDeselect={false}
        value={who}
        data={asked.map((value) => ({ value, label: messages.subjects[value] }))}
        onChange={choose}
      />
      {who === 'user' && (
        <PersonPicker
          ariaLabel={messages.person}
          placeholder={messages.personPlaceholder}
          isAnybody
          value={person}
          onPick={(picked) => {
            setPerson(picked?.id ?? null)
            onPick(picked?.id ?? null)
          }}
        />
      )}
      {who === 'group' && <GroupSelect onPick={(id) => onPick(id === null ? null : `group:${id}`)} />}
      {who === 'token' && <TokenSelect onPick={(id) => onPick(id === null ? null : `token:${id}`)} />}
    </>
  )
}

function GroupSelect({ onPick }: { onPick: (id: string | null) => void }) {
  const [value, setValue] = useState<{ id: string; name: string } | null>(null)
  const [text, setText] = useState('')
  // The field shows which is chosen, which is nothing to search for.
  const [search] = useDebouncedValue(text === value?.name ? '' : text.trim(), 200)
  const { data } = useQuery(groupsQuery({ search: search || undefined, pageSize: FOUND }))
  const found = [...(data?.groups ?? [])].map(({ id, name }) => ({ id, name }))
  if (value !== null && !found.some(({ id }) => id === value.id)) found.unshift(value)
  return (
    <Select
      aria-label={messages.group}
      placeholder={messages.groupPlaceholder}
      searchable
      filter={({ options }) => options}
      data={found.map(({ id, name }) => ({ value: id, label: name }))}
      value={value?.id ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        setValue(found.find((each) => each.id === id) ?? null)
        onPick(id)
      }}
    />
  )
}

function TokenSelect({ onPick }: { onPick: (id: string | null) => void }) {
  const [value, setValue] = useState<string | null>(null)
  const { data } = useQuery(tokensQuery)
  return (
    <Select
      aria-label={messages.token}
      placeholder={data?.length === 0 ? messages.noTokens : messages.tokenPlaceholder}
      disabled={data?.length === 0}
      data={(data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={(id) => {
        setValue(id)
        onPick(id)
      }}
    />
  )
}
