import type { PersonSummary } from '@graticule/contract'
import { useMutation } from '@tanstack/react-query'
import { makePasswordLink } from '../../../api/passwords.ts'
import { Button, CopyIconButton, FormError, Group, Modal, Stack, Text, TextInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Makes a link to a new password for somebody: mailed to them, or shown here once to be passed on. */
export function PasswordLinkDialog({ person, onClose }: { person: PersonSummary | null; onClose: () => void }) {
  return (
    <Modal
      opened={person !== null}
      onClose={onClose}
      title={person === null ? '' : messages.passwordLinkTitle(person.name)}
      size={500}
      closeOnClickOutside={false}
    >
      {person !== null && <PasswordLinkForm person={person} onClose={onClose} />}
    </Modal>
  )
}

function PasswordLinkForm({ person, onClose }: { person: PersonSummary; onClose: () => void }) {
  const make = useMutation({ mutationFn: () => makePasswordLink(person.id) })
  if (!make.isSuccess) {
    return (
      <Stack gap="md">
        <Text>{messages.passwordLinkText}</Text>
        <FormError error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button loading={make.isPending} onClick={() => make.mutate()}>
            {messages.makePasswordLink}
          </Button>
        </Group>
      </Stack>
    )
  }
  const { link } = make.data
  return (
    <Stack gap="md">
      {link === undefined ? (
        <Text>{messages.passwordLinkMailed(person.email)}</Text>
      ) : (
        <TextInput
          label={messages.passwordLinkOf(person.name)}
          description={messages.passwordLinkOnce}
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyIconButton value={link} label={messages.copyLink} />}
        />
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{messages.done}</Button>
      </Group>
    </Stack>
  )
}
