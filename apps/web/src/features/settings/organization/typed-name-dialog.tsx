import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button, FormError, Group, Modal, Stack, Text, TextInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

interface TypedNameDialogProps {
  readonly name: string
  readonly words: { readonly dialogTitle: string; readonly consequence: string; readonly confirm: string }
  readonly act: (name: string) => Promise<void>
  readonly onClose: () => void
}

/** Asks for the organization's name before what nobody here can undo; afterwards nobody is signed in. */
export function TypedNameDialog({ name, words, act, onClose }: TypedNameDialogProps) {
  const [typed, setTyped] = useState('')
  const deed = useMutation({
    mutationFn: () => act(typed),
    // What the page knows is gone with the session, so it begins anew.
    onSuccess: () => window.location.assign('/sign-in'),
  })
  const isTyped = typed.trim() === name
  return (
    <Modal opened onClose={onClose} title={words.dialogTitle} size={480}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (isTyped) deed.mutate()
        }}
      >
        <Stack gap="md">
          <Text>{words.consequence}</Text>
          <TextInput
            label={messages.typeName(name)}
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <FormError error={deed.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit" color="red" disabled={!isTyped} loading={deed.isPending || deed.isSuccess}>
              {words.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
