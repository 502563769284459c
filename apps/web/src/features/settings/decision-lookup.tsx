import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { decisionQuery } from '../../api/access.ts'
import { Button, FormError, Group, Text, TextInput } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Tells an admin what a refusal was about, from the id that somebody was shown and passes on. */
export function DecisionLookup() {
  const [text, setText] = useState('')
  const [id, setId] = useState('')
  const { data, error, isFetching } = useQuery({ ...decisionQuery(id), enabled: id !== '' })
  return (
    <section aria-label={messages.decisionTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setId(text.trim().replace(/^Decision\s+/i, ''))
        }}
      >
        <Group align="flex-end" gap="xs" mb="xs">
          <TextInput
            label={messages.decisionTitle}
            description={messages.decisionText}
            placeholder={messages.decisionPlaceholder}
            style={{ flex: '1 1 260px', maxWidth: 440 }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={isFetching} disabled={text.trim() === ''}>
            {messages.decisionOpen}
          </Button>
        </Group>
      </form>
      <FormError error={error} />
      {data && (
        <Text role="status" mb="md" maw={720}>
          {data.sentence}
        </Text>
      )}
    </section>
  )
}
