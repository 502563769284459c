import type { RequestableKind, RequestedAccess } from '@graticule/contract'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { requestAccess } from '../../api/access.ts'
import { Button, FormError, Stack, Text, Textarea } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks whoever owns it, if there is such a thing: the same for every address, so that it tells nothing about it. */
export function RequestAccess({ kind, id, wanted }: { kind: RequestableKind; id: string; wanted: RequestedAccess }) {
  const [message, setMessage] = useState('')
  const ask = useMutation({ mutationFn: () => requestAccess({ kind, id, wanted, message }) })
  if (ask.isSuccess) return <Text role="status">{messages.requested[wanted](kind)}</Text>
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask.mutate()
      }}
    >
      <Stack gap="xs" mt="md" ta="left">
        <Textarea
          label={messages.message}
          maxLength={500}
          autosize
          minRows={2}
          maxRows={5}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <FormError error={ask.error} />
        <Button type="submit" loading={ask.isPending}>
          {messages.request[wanted]}
        </Button>
      </Stack>
    </form>
  )
}
