import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupQuery, groupsQuery } from '../../../api/groups.ts'
import { lookupError, Select, useDebouncedValue } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Narrows the list to the members of a group, which the server finds by its name. */
export function GroupFilter(props: { groupId: string | undefined; onChange: (groupId: string | undefined) => void }) {
  const { groupId } = props
  const [text, setText] = useState('')
  // An address may name a group that is not among the first ones by name.
  const chosen = useQuery({ ...groupQuery(groupId ?? ''), enabled: groupId !== undefined }).data
  const isChosen = chosen !== undefined && text === chosen.name
  const [search] = useDebouncedValue(isChosen ? '' : text.trim(), 200)
  const lookup = useQuery(groupsQuery({ search: search || undefined, pageSize: 50 }))
  const found = (lookup.data?.groups ?? []).map(({ id, name }) => ({ value: id, label: name }))
  if (chosen && chosen.id === groupId && !found.some(({ value }) => value === chosen.id)) {
    found.unshift({ value: chosen.id, label: chosen.name })
  }
  return (
    <Select
      aria-label={messages.groupFilter}
      placeholder={messages.allGroups}
      w={180}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': messages.clearGroup }}
      // The server has searched already.
      filter={({ options }) => options}
      nothingFoundMessage={lookupError(lookup) ?? (lookup.isFetching ? messages.searching : messages.noGroupFound)}
      data={found}
      value={groupId ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => props.onChange(id ?? undefined)}
    />
  )
}
