import type { ReportedAsset } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { personReportQuery } from '../../../api/access.ts'
import { useSession } from '../../../shell/use-session.ts'
import { lookupError, Select, useDebouncedValue } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Chooses one of the assets that the person who asks reaches themself, found by name on the server. */
export function AssetPicker(props: {
  /** Its kind and id; null for none. */
  value: string | null
  /** What the chosen one is called, where it is not known from a search. */
  name: string | undefined
  onPick: (asset: string | null) => void
}) {
  const { value, name, onPick } = props
  const { user } = useSession()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const lookup = useQuery(personReportQuery(user.id, { q: search || undefined, pageSize: 50 }))
  const keyOf = ({ kind, id }: ReportedAsset) => `${kind}:${id}`
  const options = (lookup.data?.assets ?? []).flatMap((asset) =>
    asset.name === null ? [] : [{ value: keyOf(asset), label: `${asset.name} · ${messages.kind[asset.kind]}` }],
  )
  if (value !== null && !options.some((option) => option.value === value)) {
    options.unshift({ value, label: name ?? messages.unknownAsset })
  }
  return (
    <Select
      aria-label={messages.asset}
      placeholder={messages.assetPlaceholder}
      w={260}
      clearable
      searchable
      filter={({ options: found }) => found}
      nothingFoundMessage={lookupError(lookup) ?? messages.nothing}
      data={options}
      value={value}
      onSearchChange={(typed) => setText(options.some(({ label }) => label === typed) ? '' : typed)}
      onChange={onPick}
    />
  )
}
