import { type DocumentKind, LIBRARY_LIMITS } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tagsQuery } from '../../api/library.ts'
import { lookupError, TagsInput, useDebouncedValue } from '../../ui/index.ts'
import { libraryMessages as messages } from './messages.ts'

/** Chooses tags: new ones, or those of what the person may open. */
export function TagsField(props: {
  kind: DocumentKind
  label: string
  description?: string
  value: string[]
  isFirst?: boolean
  onChange: (tags: string[]) => void
}) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const lookup = useQuery(tagsQuery({ kind: props.kind, search: search || undefined }))
  return (
    <TagsInput
      label={props.label}
      description={props.description}
      error={lookupError(lookup)}
      placeholder={props.value.length === 0 ? messages.tagsPlaceholder : undefined}
      data-autofocus={props.isFirst}
      maxTags={LIBRARY_LIMITS.tags}
      maxLength={LIBRARY_LIMITS.tagLength}
      // The server has searched already, whatever the accents.
      filter={({ options }) => options}
      data={(lookup.data?.tags ?? []).map(({ tag }) => tag)}
      value={props.value}
      searchValue={text}
      onSearchChange={setText}
      onChange={props.onChange}
      clearable
    />
  )
}
