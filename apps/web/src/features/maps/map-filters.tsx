import { PRIVACIES } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mapOwnersQuery, tagsQuery } from '../../api/library.ts'
import { useSession } from '../../shell/use-session.ts'
import { Select, useDebouncedValue } from '../../ui/index.ts'
import type { MapsSearch } from './maps-search.ts'
import { messages } from './messages.ts'
import { ownerName } from './owner-name.ts'

/** Narrows the list to one owner, one tag or one visibility, of those that there are among the maps of the person. */
export function MapFilters({ search, onChange }: { search: MapsSearch; onChange: (changes: MapsSearch) => void }) {
  const { user } = useSession()
  const owners = useQuery(mapOwnersQuery).data?.owners ?? []
  return (
    <>
      <Select
        aria-label={messages.ownerFilter}
        placeholder={messages.anyOwner}
        w={130}
        searchable
        clearable
        limit={100}
        data={owners.map((owner) => ({ value: owner.id, label: ownerName(owner, user.id) }))}
        value={search.owner ?? null}
        onChange={(owner) => onChange({ owner: owner ?? undefined })}
      />
      <TagFilter tag={search.tag} onChange={(tag) => onChange({ tag })} />
      <Select
        aria-label={messages.privacyFilter}
        placeholder={messages.anyPrivacy}
        w={130}
        clearable
        data={PRIVACIES.map((privacy) => ({ value: privacy, label: messages.privacies[privacy] }))}
        value={search.privacy ?? null}
        onChange={(value) => onChange({ privacy: PRIVACIES.find((privacy) => privacy === value) })}
      />
    </>
  )
}

function TagFilter({ tag, onChange }: { tag: string | undefined; onChange: (tag: string | undefined) => void }) {
  const [text, setText] = useState('')
  // The field shows the tag that is chosen, which is nothing to search for.
  const [search] = useDebouncedValue(text === tag ? '' : text.trim(), 200)
  const found = useQuery(tagsQuery({ kind: 'map', search: search || undefined })).data?.tags ?? []
  const tags = found.map((each) => each.tag)
  return (
    <Select
      aria-label={messages.tagFilter}
      placeholder={messages.anyTag}
      w={110}
      searchable
      clearable
      filter={({ options }) => options}
      data={tag === undefined || tags.includes(tag) ? tags : [tag, ...tags]}
      value={tag ?? null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(value) => onChange(value ?? undefined)}
    />
  )
}
