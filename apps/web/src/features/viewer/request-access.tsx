import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { requestAccess } from '../../api/access.ts'
import { Button, FormError, Stack, Text, Textarea } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks whoever owns the map, if there is one: the same for every address, so that it tells nothing about the map. */
export function RequestAccess({ mapId }: { mapId: string }) {
  const [message, setMessage] = useState('')
  const ask = useMutation({ mutationFn: () => requestAccess(mapId, message) })
  if (ask.isSuccess) return <Text role="status">{messages.accessRequested}</Text>
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask.mutate()
      }}
    >
      <Stack gap="xs" mt="md" ta="left">
        <Textarea
          label={messages.accessMessage}
          maxLength={500}
          autosize
          minRows={2}
          maxRows={5}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <FormError error={ask.error} />
        <Button type="submit" loading={ask.isPending}>
          {messages.requestAccess}
        </Button>
      </Stack>
    </form>
  )
}
