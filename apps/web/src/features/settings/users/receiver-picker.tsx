import type { UserSummary } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery } from '../../../api/people.ts'
import { useSession } from '../../../shell/use-session.ts'
import { lookupError, Select, useDebouncedValue } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Chooses who receives what somebody owns: editors and admins, found by name or e-mail. */
export function ReceiverPicker(props: {
  /** Who loses it, and cannot receive it; absent when they could not receive anything anyway. */
  from?: readonly UserSummary[]
  receiver: UserSummary | null
  onChange: (receiver: UserSummary | null) => void
}) {
  const { user } = useSession()
  const [text, setText] = useState('')
  const chosenLabel = props.receiver === null ? '' : labelOf(props.receiver)
  // The field shows who is chosen, which is nothing to search for.
  const [search] = useDebouncedValue(text === chosenLabel ? '' : text.trim(), 200)
  const lookup = useQuery(peopleQuery({ mayOwn: true, search: search || undefined, pageSize: 20 }))
  const found: UserSummary[] = (lookup.data?.people ?? []).filter(
    ({ id }) => !props.from?.some((person) => person.id === id),
  )
  const { receiver } = props
  if (receiver !== null && !found.some(({ id }) => id === receiver.id)) found.unshift(receiver)

  function labelOf(person: UserSummary): string {
    return person.id === user.id ? messages.receiverYou(person.name) : `${person.name} · ${person.email}`
  }

  return (
    <Select
      label={messages.receiver}
      searchable
      allowDeselect={false}
      // The server has searched already, by e-mail too.
      filter={({ options }) => options}
      error={lookupError(lookup)}
      nothingFoundMessage={lookup.isFetching ? messages.receiverSearching : messages.receiverNone}
      data={found.map((person) => ({ value: person.id, label: labelOf(person) }))}
      value={receiver?.id ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => props.onChange(found.find((person) => person.id === id) ?? null)}
    />
  )
}
