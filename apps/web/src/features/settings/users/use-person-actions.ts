import type { PersonSummary, Role } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { changeRole, deletePerson } from '../../../api/people.ts'
import { resetSecondFactors } from '../../../api/second-factors.ts'
import { beginViewAs } from '../../../api/session.ts'
import { modals, notifications } from '../../../ui/index.ts'
import { countOwned } from './count-owned.ts'
import { messages } from './messages.ts'

/** Somebody who is about to lose the right to own, and how: by another role, or by being deleted. */
export interface Dispossession {
  readonly person: PersonSummary
  readonly to: Role | 'deleted'
}

/** The change of a role that moves nothing: done at once, told in a message. */
export function useChangeRole() {
  const queryClient = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: ({ person, role }: { person: PersonSummary; role: Role }) => changeRole({ id: person.id, role }),
    onSuccess: (changed) => {
      notifications.show({ message: messages.changed(changed.name, changed.role) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.changeFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
    // After a refusal too: somebody else may have changed what is shown.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
  })
  return mutate
}

/** Asks, then takes all second factors of a person away. */
export function useConfirmFactorReset(): (person: PersonSummary) => void {
  const queryClient = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: (person: PersonSummary) => resetSecondFactors(person.id),
    onSuccess: (_nothing, person) => notifications.show({ message: messages.secondFactorReset(person.name) }),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.secondFactorNotReset,
        message: error instanceof ApiError ? error.message : '',
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
  })
  return (person) =>
    modals.openConfirmModal({
      title: messages.resetSecondFactorTitle(person.name),
      children: messages.resetSecondFactorText,
      labels: { confirm: messages.resetSecondFactor, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => mutate(person),
    })
}

/** Asks, then looks at the workspace as a person: with a page that knows nothing of before. */
export function useConfirmViewAs(): (person: PersonSummary) => void {
  const { mutate } = useMutation({
    mutationFn: (person: PersonSummary) => beginViewAs(person.id),
    onSuccess: () => window.location.assign('/'),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.viewAsFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (person) =>
    modals.openConfirmModal({
      title: messages.viewAsTitle(person.name),
      children: messages.viewAsText,
      labels: { confirm: messages.viewAs, cancel: messages.cancel },
      onConfirm: () => mutate(person),
    })
}

/** Demotes or deletes, with a receiver; the dialog shows a refusal itself. */
export function useDispossess(onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async ({ person, to, receiver }: Dispossession & { receiver: { id: string; name: string } }) => {
      if (to === 'deleted') return deletePerson({ id: person.id, receiverId: receiver.id })
      await changeRole({ id: person.id, role: to, receiverId: receiver.id })
    },
    onSuccess: (_nothing, { person, to, receiver }) => {
      const moved = countOwned(person) > 0
      if (to === 'deleted') {
        const text = moved ? messages.deletedAndMoved(person.name, receiver.name) : messages.deleted(person.name)
        notifications.show({ message: text })
      } else {
        const text = moved
          ? messages.changedAndMoved(person.name, to, receiver.name)
          : messages.changed(person.name, to)
        notifications.show({ message: text })
      }
      onDone()
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
  })
}
