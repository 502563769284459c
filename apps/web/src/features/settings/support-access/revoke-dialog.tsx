import type { SupportGrant, UserSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeSupportAccess } from '../../../api/support-access.ts'
import { useSession } from '../../../shell/use-session.ts'
import { Button, ConsequenceList, FormError, Group, Modal, notifications, Stack, Text } from '../../../ui/index.ts'
import { ReceiverPicker } from '../users/receiver-picker.tsx'
import { messages } from './messages.ts'

/** Asks before support access ends, says what happens to its people, and who receives what they own. */
export function RevokeDialog(props: { grant: SupportGrant; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.revokeTitle} size={460}>
      <RevokeForm grant={props.grant} onClose={props.onClose} />
    </Modal>
  )
}

function RevokeForm({ grant, onClose }: { grant: SupportGrant; onClose: () => void }) {
  const { user } = useSession()
  const [receiver, setReceiver] = useState<UserSummary | null>(user)
  const queryClient = useQueryClient()
  const revoke = useMutation({
    mutationFn: revokeSupportAccess,
    onSuccess: () => {
      onClose()
      notifications.show({ message: messages.revoked })
    },
    // What the support people owned belongs to others now.
    onSettled: () => queryClient.invalidateQueries(),
  })
  const ownedCount = grant.people.reduce((sum, person) => sum + person.ownedCount, 0)
  return (
    <Stack gap="md">
      <Text>{messages.revokeText}</Text>
      <ConsequenceList label={messages.consequence}>
        <li>{messages.deleted(grant)}</li>
        <li>{messages.moves(ownedCount)}</li>
      </ConsequenceList>
      <ReceiverPicker receiver={receiver} onChange={setReceiver} />
      <FormError error={revoke.error} title={messages.revokeFailed} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {messages.cancel}
        </Button>
        <Button
          color="red"
          loading={revoke.isPending}
          disabled={receiver === null}
          onClick={() => receiver !== null && revoke.mutate({ grantId: grant.id, receiverId: receiver.id })}
        >
          {messages.revoke}
        </Button>
      </Group>
    </Stack>
  )
}
