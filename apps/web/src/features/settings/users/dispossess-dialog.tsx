import type { UserSummary } from '@graticule/contract'
import { useState } from 'react'
import { useSession } from '../../../shell/use-session.ts'
import { Button, ConsequenceList, FormError, Group, Modal, Stack, Text } from '../../../ui/index.ts'
import { countOwned } from './count-owned.ts'
import { messages } from './messages.ts'
import { ReceiverPicker } from './receiver-picker.tsx'
import { type Dispossession, useDispossess } from './use-person-actions.ts'

/** Asks before somebody loses the right to own, says exactly what moves and ends, and who receives it. */
export function DispossessDialog({ plan, onClose }: { plan: Dispossession | null; onClose: () => void }) {
  const title =
    plan === null
      ? ''
      : plan.to === 'deleted'
        ? messages.deleteTitle(plan.person.name)
        : messages.demoteTitle(plan.person.name, plan.to)
  return (
    <Modal opened={plan !== null} onClose={onClose} title={title} size={460}>
      {plan !== null && <DispossessForm plan={plan} onClose={onClose} />}
    </Modal>
  )
}

function DispossessForm({ plan, onClose }: { plan: Dispossession; onClose: () => void }) {
  const { person, to } = plan
  const { user } = useSession()
  const [receiver, setReceiver] = useState<UserSummary | null>(user)
  const dispossess = useDispossess(onClose)
  const owns = countOwned(person) > 0
  const isDeletion = to === 'deleted'
  return (
    <Stack gap="md">
      <Text>{isDeletion ? messages.deleteText : messages.demoteText(to)}</Text>
      <ConsequenceList label={messages.consequence}>
        <li>{messages.moves(person)}</li>
        {(person.tokenCount ?? 0) > 0 && <li>{messages.tokensGoOn(person.tokenCount ?? 0)}</li>}
        {isDeletion && <li>{messages.sessionsEnd}</li>}
      </ConsequenceList>
      {owns && <ReceiverPicker from={[person]} receiver={receiver} onChange={setReceiver} />}
      <FormError error={dispossess.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {messages.cancel}
        </Button>
        <Button
          color="red"
          loading={dispossess.isPending}
          disabled={receiver === null}
          onClick={() => receiver !== null && dispossess.mutate({ ...plan, receiver })}
        >
          {isDeletion ? messages.delete : messages.demoteButton(to)}
        </Button>
      </Group>
    </Stack>
  )
}
