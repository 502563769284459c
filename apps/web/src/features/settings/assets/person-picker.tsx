import type { UserSummary } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery } from '../../../api/people.ts'
import { lookupError, Select, type SelectProps, useDebouncedValue } from '../../../ui/index.ts'

/** Chooses somebody, found by name or e-mail on the server. */
export function PersonPicker(
  props: Pick<SelectProps, 'label' | 'placeholder' | 'clearable' | 'w'> & {
    /** Says what it is for where there is no label. */
    ariaLabel?: string
    /** The id of who is chosen; null for nobody. */
    value: string | null
    onPick: (person: UserSummary | null) => void
    /** Everybody, and not only those who may own something. */
    isAnybody?: boolean
  },
) {
  const { ariaLabel, value, onPick, isAnybody = false, ...select } = props
  const [text, setText] = useState('')
  const [picked, setPicked] = useState<UserSummary | null>(null)
  const label = (person: UserSummary) => `${person.name} · ${person.email}`
  // The field shows who is chosen, which is nothing to search for.
  const [search] = useDebouncedValue(picked !== null && text === label(picked) ? '' : text.trim(), 200)
  const lookup = useQuery(
    peopleQuery({ mayOwn: isAnybody ? undefined : true, search: search || undefined, pageSize: 50 }),
  )
  const found: UserSummary[] = [...(lookup.data?.people ?? [])]
  if (picked !== null && !found.some(({ id }) => id === picked.id)) found.unshift(picked)
  return (
    <Select
      {...select}
      aria-label={ariaLabel}
      error={lookupError(lookup)}
      searchable
      // The server has searched already, by e-mail too.
      filter={({ options }) => options}
      data={found.map((person) => ({ value: person.id, label: label(person) }))}
      value={value}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        const person = found.find((candidate) => candidate.id === id) ?? null
        setPicked(person)
        onPick(person)
      }}
    />
  )
}
