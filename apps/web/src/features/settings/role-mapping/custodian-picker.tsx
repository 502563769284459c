import type { UserSummary } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { peopleQuery } from '../../../api/people.ts'
import { lookupError, Select, useDebouncedValue } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Chooses who receives what others must give up: editors and admins, found by name or e-mail. */
export function CustodianPicker(props: {
  custodian: UserSummary | null
  onChange: (custodian: UserSummary | null) => void
}) {
  const { custodian } = props
  const [text, setText] = useState('')
  // The field shows who is chosen, which is nothing to search for.
  const isChosen = custodian !== null && text === labelOf(custodian)
  const [search] = useDebouncedValue(isChosen ? '' : text.trim(), 200)
  const lookup = useQuery(peopleQuery({ mayOwn: true, search: search || undefined, pageSize: 20 }))
  const found: UserSummary[] = [...(lookup.data?.people ?? [])]
  if (custodian !== null && !found.some(({ id }) => id === custodian.id)) found.unshift(custodian)
  return (
    <Select
      label={messages.custodian}
      description={messages.custodianHelp}
      placeholder={messages.custodianPlaceholder}
      searchable
      clearable
      // The server has searched already, by e-mail too.
      filter={({ options }) => options}
      error={lookupError(lookup)}
      nothingFoundMessage={lookup.isFetching ? messages.searching : messages.nobodyFound}
      data={found.map((person) => ({ value: person.id, label: labelOf(person) }))}
      value={custodian?.id ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => props.onChange(found.find((person) => person.id === id) ?? null)}
    />
  )
}

function labelOf({ name, email }: UserSummary): string {
  return `${name} · ${email}`
}
