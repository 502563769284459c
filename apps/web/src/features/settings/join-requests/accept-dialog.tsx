import { type InvitationSent, type InviteResult, type JoinRequest, ROLES, type Role } from '@graticule/contract'
import { decideInvitation } from '@graticule/policy'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { acceptJoinRequest } from '../../../api/join-requests.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { principalOf, useSession } from '../../../shell/use-session.ts'
import { Button, FormError, Group, Modal, Select, Stack, Text } from '../../../ui/index.ts'
import { SentLinks, titleOf } from '../invitations/sent-links.tsx'
import { messages as settingsMessages } from '../messages.ts'
import { messages } from './messages.ts'

/** Chooses the role of somebody who asks to join, then shows their link once unless it was mailed. */
export function AcceptDialog({ request, onClose }: { request: JoinRequest | null; onClose: () => void }) {
  const [sent, setSent] = useState<InvitationSent | null>(null)
  const close = () => {
    onClose()
    setSent(null)
  }
  const results = sent === null ? null : resultsOf(sent)
  const title = results === null ? messages.acceptTitle(request?.name ?? '') : titleOf(results)
  return (
    // The link is shown once, so a click beside the dialog must not take it away.
    <Modal opened={request !== null} onClose={close} title={title} size={520} closeOnClickOutside={sent === null}>
      {results !== null ? (
        <SentLinks results={results} onClose={close} />
      ) : (
        request !== null && <AcceptForm request={request} onCancel={close} onSent={setSent} />
      )}
    </Modal>
  )
}

function AcceptForm(props: { request: JoinRequest; onCancel: () => void; onSent: (sent: InvitationSent) => void }) {
  const { request, onCancel, onSent } = props
  const queryClient = useQueryClient()
  const principal = principalOf(useSession())
  const [role, setRole] = useState<Role>('viewer')
  const accept = useMutation({
    mutationFn: acceptJoinRequest,
    onSuccess: onSent,
    onSettled: () =>
      Promise.all(
        ['join-requests', 'invitations', 'outbox'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
      ),
  })
  return (
    <Stack gap="md">
      <Text>{messages.acceptText(request.email)}</Text>
      <Select
        label={messages.role}
        description={settingsMessages.roleHelp[role]}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDeselect={false}
        data={ROLES.filter((each) => decideInvitation(principal, each).allowed).map((each) => ({
          value: each,
          label: shellMessages.roles[each],
        }))}
        value={role}
        onChange={(value) => value !== null && setRole(value as Role)}
      />
      <FormError error={accept.error} title={messages.failed} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {messages.cancel}
        </Button>
        <Button loading={accept.isPending} onClick={() => accept.mutate({ id: request.id, role })}>
          {messages.accept}
        </Button>
      </Group>
    </Stack>
  )
}

function resultsOf(sent: InvitationSent): InviteResult[] {
  return [{ ...sent, email: sent.invitation.email, outcome: 'invited' }]
}
