import type { Invitation, InvitationSent } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { resendInvitation, withdrawInvitation } from '../../../api/invitations.ts'
import { modals, notifications, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Making a new link for an invitation and, after a question, taking it back. */
export function useInvitationActions(onSent: (sent: InvitationSent) => void) {
  const queryClient = useQueryClient()
  const refresh = () =>
    Promise.all(['invitations', 'outbox'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })))
  const fail = (error: unknown) =>
    notifications.show({
      color: 'red',
      title: messages.actionFailed,
      message: error instanceof ApiError ? error.message : '',
    })
  const resend = useMutation({ mutationFn: resendInvitation, onSuccess: onSent, onError: fail, onSettled: refresh })
  const withdraw = useMutation({
    mutationFn: ({ id }: Invitation) => withdrawInvitation(id),
    onSuccess: (_nothing, { email }) => notifications.show({ message: messages.withdrawn(email) }),
    onError: fail,
    onSettled: refresh,
  })
  return {
    resend: ({ id }: Invitation) => resend.mutate(id),
    confirmWithdraw: (invitation: Invitation) =>
      modals.openConfirmModal({
        title: messages.withdrawTitle(invitation.email),
        children: <Text>{messages.withdrawText}</Text>,
        labels: { confirm: messages.withdraw, cancel: messages.cancel },
        confirmProps: { color: 'red' },
        onConfirm: () => withdraw.mutate(invitation),
      }),
  }
}
