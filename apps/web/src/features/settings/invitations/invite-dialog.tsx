import { type InviteResult, ROLES, type Role } from '@graticule/contract'
import { decideInvitation } from '@graticule/policy'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { invitePeople } from '../../../api/invitations.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { principalOf, useSession } from '../../../shell/use-session.ts'
import { Button, FormError, Group, Modal, Select, Stack, Textarea, useForm } from '../../../ui/index.ts'
import { messages as settingsMessages } from '../messages.ts'
import { messages } from './messages.ts'
import { SentLinks, titleOf } from './sent-links.tsx'
import { splitAddresses } from './split-addresses.ts'

const MAX_ADDRESSES = 100

/** Invites several addresses with one role, then shows their links once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [results, setResults] = useState<readonly InviteResult[] | null>(null)
  const close = () => {
    onClose()
    setResults(null)
  }
  const title = results === null ? messages.invite : titleOf(results)
  return (
    // Links are shown once, so a click beside the dialog must not take them away.
    <Modal opened={opened} onClose={close} title={title} size={520} closeOnClickOutside={results === null}>
      {results === null ? (
        <InviteForm onCancel={close} onInvited={setResults} />
      ) : (
        <SentLinks results={results} onClose={close} />
      )}
    </Modal>
  )
}

function InviteForm(props: { onCancel: () => void; onInvited: (results: readonly InviteResult[]) => void }) {
  const queryClient = useQueryClient()
  const principal = principalOf(useSession())
  const invite = useMutation({
    mutationFn: invitePeople,
    onSuccess: ({ results }) => props.onInvited(results),
    onSettled: () =>
      Promise.all(['invitations', 'outbox'].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  })
  const form = useForm<{ emails: string; role: Role }>({
    initialValues: { emails: '', role: 'viewer' },
    validate: {
      emails: (text) => {
        const { length } = splitAddresses(text)
        if (length === 0) return messages.emailsMissing
        return length > MAX_ADDRESSES ? messages.emailsTooMany : null
      },
    },
  })
  const { emails, role } = form.values
  return (
    <form noValidate onSubmit={form.onSubmit(() => invite.mutate({ emails: splitAddresses(emails), role }))}>
      <Stack gap="md">
        <Textarea
          label={messages.emails}
          description={messages.emailsHelp}
          placeholder={'ana@example.org\nbo@example.org'}
          autosize
          minRows={3}
          maxRows={10}
          data-autofocus
          {...form.getInputProps('emails')}
        />
        <Select
          label={messages.role}
          description={settingsMessages.roleHelp[role]}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          data={ROLES.filter((each) => decideInvitation(principal, each).allowed).map((each) => ({
            value: each,
            label: shellMessages.roles[each],
          }))}
          {...form.getInputProps('role')}
        />
        <FormError error={invite.error} title={messages.failed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {messages.submit(splitAddresses(emails).length)}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
