import { ActionIcon, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

/** A field that narrows a list while one types, a moment after the last key, and can be cleared. */
export function SearchField(props: {
  value: string
  onChange: (text: string) => void
  label: string
  placeholder: string
  clearLabel: string
  className?: string
}) {
  const { value, onChange } = props
  const [text, setText] = useState(value)
  const report = useDebouncedCallback(onChange, 250)
  // The address may change under the field: back, forward, or a cleared search.
  useEffect(() => setText(value), [value])
  return (
    <TextInput
      className={props.className}
      aria-label={props.label}
      placeholder={props.placeholder}
      leftSection={<IconSearch size={14} />}
      rightSection={
        text && (
          <ActionIcon
            size={20}
            aria-label={props.clearLabel}
            onClick={() => {
              setText('')
              onChange('')
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        )
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        report(event.currentTarget.value.trim())
      }}
    />
  )
}
