import type { DocumentKind } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tagsQuery } from '../../api/library.ts'
import { lookupError, Select, useDebouncedValue } from '../../ui/index.ts'
import { libraryMessages as messages } from './messages.ts'

/** Narrows a list to one tag, of those that the person may see. */
export function TagFilter(props: {
  kind: DocumentKind
  tag: string | undefined
  onChange: (tag: string | undefined) => void
}) {
  const { kind, tag, onChange } = props
  const [text, setText] = useState('')
  // The field shows the tag that is chosen, which is nothing to search for.
  const [search] = useDebouncedValue(text === tag ? '' : text.trim(), 200)
  const found = useQuery(tagsQuery({ kind, search: search || undefined }))
  const tags = (found.data?.tags ?? []).map((each) => each.tag)
  return (
    <Select
      aria-label={messages.tagFilter}
      placeholder={messages.anyTag}
      w={110}
      searchable
      nothingFoundMessage={lookupError(found)}
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
