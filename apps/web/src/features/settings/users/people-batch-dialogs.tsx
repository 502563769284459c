import { type PersonBatch, type PersonSummary, ROLES, type Role, type UserSummary } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { changeRoles, deletePeople } from '../../../api/people.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { useSession } from '../../../shell/use-session.ts'
import {
  Button,
  FormError,
  Group,
  Modal,
  type NamedItem,
  NameRows,
  notifications,
  Select,
  Stack,
  Text,
} from '../../../ui/index.ts'
import { BatchFailures } from '../assets/batch-failures.tsx'
import { countOwned } from './count-owned.ts'
import { messages } from './messages.ts'
import { ReceiverPicker } from './receiver-picker.tsx'

interface Props {
  readonly people: readonly PersonSummary[]
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Gives the selected people one role, and says before of each by name what that does. */
export function PeopleRoleDialog({ people, ...rest }: Props) {
  const { user } = useSession()
  const [role, setRole] = useState<Role | null>(null)
  const [receiver, setReceiver] = useState<UserSummary | null>(user)
  const changeOf = (person: PersonSummary) => person.permissions.roles.find((change) => change.role === role)
  const losing = people.filter((person) => changeOf(person)?.allowed && changeOf(person)?.needsReceiver)
  const needsReceiver = losing.some((person) => countOwned(person) > 0)
  return (
    <PeopleBatchDialog
      {...rest}
      people={people}
      title={messages.batchRoleTitle(people.length)}
      button={messages.batchRole}
      isDangerous={losing.length > 0}
      isIncomplete={role === null || (needsReceiver && receiver === null)}
      act={async () => {
        if (role === null) return { results: [] }
        return changeRoles({ userIds: people.map(({ id }) => id), role, receiverId: receiver?.id })
      }}
      succeeded={(count) => (role === null ? '' : messages.batchChanged(count, role))}
    >
      <Select
        label={messages.newRole}
        placeholder={messages.chooseRole}
        allowDeselect={false}
        value={role}
        data={ROLES.map((each) => ({ value: each, label: shellMessages.roles[each] }))}
        onChange={(value) => setRole(ROLES.find((each) => each === value) ?? null)}
      />
      {role !== null && (
        <>
          {losing.length > 0 && <Text>{messages.demoteText(role)}</Text>}
          <NameRows
            label={messages.consequence}
            items={people.map((person) => {
              const change = changeOf(person)
              const says =
                change === undefined
                  ? messages.roleAlready
                  : !change.allowed
                    ? messages.staysBecause(change.reason ?? '')
                    : change.needsReceiver
                      ? messages.movesFrom(person, receiver?.name ?? messages.theReceiver)
                      : messages.becomes(role)
              return toFact(person, says)
            })}
          />
        </>
      )}
      {needsReceiver && <ReceiverPicker from={losing} receiver={receiver} onChange={setReceiver} />}
    </PeopleBatchDialog>
  )
}

/** Asks before the selected people are deleted, and says of each by name what moves to whom. */
export function PeopleDeletionDialog({ people, ...rest }: Props) {
  const { user } = useSession()
  const [receiver, setReceiver] = useState<UserSummary | null>(user)
  const leaving = people.filter((person) => person.permissions.delete.allowed)
  return (
    <PeopleBatchDialog
      {...rest}
      people={people}
      title={messages.batchDeleteTitle(people.length)}
      button={messages.batchDeleteButton(people.length)}
      isDangerous
      isIncomplete={receiver === null}
      act={async () => {
        if (receiver === null) return { results: [] }
        return deletePeople({ userIds: people.map(({ id }) => id), receiverId: receiver.id })
      }}
      succeeded={messages.batchDeleted}
    >
      <Text>{messages.deleteText}</Text>
      <NameRows
        label={messages.consequence}
        items={people.map((person) => {
          const { allowed, reason } = person.permissions.delete
          const says = allowed
            ? messages.movesFrom(person, receiver?.name ?? messages.theReceiver)
            : messages.staysBecause(reason ?? '')
          return toFact(person, says)
        })}
      />
      {leaving.some((person) => countOwned(person) > 0) && (
        <ReceiverPicker from={leaving} receiver={receiver} onChange={setReceiver} />
      )}
    </PeopleBatchDialog>
  )
}

function toFact({ id, name, email }: PersonSummary, says: string): NamedItem {
  const content = (
    <>
      <strong>{name}</strong>: {says}
    </>
  )
  return { id, text: `${name} ${email}: ${says}`, content }
}

/** Something that is done with many people at once: what it takes, and afterwards with whom it was not done and why. */
function PeopleBatchDialog(
  props: Props & {
    readonly title: string
    readonly button: string
    readonly isDangerous: boolean
    readonly isIncomplete: boolean
    readonly act: () => Promise<PersonBatch>
    /** What is said when so many succeeded. */
    readonly succeeded: (count: number) => string
    readonly children: ReactNode
  },
) {
  const queryClient = useQueryClient()
  const attempt = useMutation({
    mutationFn: props.act,
    onSuccess: ({ results }) => {
      const done = results.filter(({ success }) => success).length
      if (done > 0) notifications.show({ message: props.succeeded(done) })
      if (done === results.length) props.onDone()
    },
    // After a refusal too: somebody else may have changed what is shown.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
  })
  const results = attempt.data?.results
  const close = results ? props.onDone : props.onClose
  return (
    <Modal opened onClose={close} title={props.title} size={520}>
      <Stack gap="md">
        {!results && props.children}
        <FormError error={attempt.error} />
        {results && <BatchFailures results={results} assets={props.people} title={messages.batchFailures} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {results ? messages.close : messages.cancel}
          </Button>
          {!results && (
            <Button
              color={props.isDangerous ? 'red' : undefined}
              disabled={props.isIncomplete}
              loading={attempt.isPending}
              onClick={() => attempt.mutate()}
            >
              {props.button}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
