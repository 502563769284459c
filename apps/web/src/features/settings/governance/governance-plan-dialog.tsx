import type { GovernanceChange, GovernanceUpdateBody } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { governanceQuery, planGovernanceChange, saveGovernance } from '../../../api/governance.ts'
import {
  Button,
  ConsequenceList,
  FormError,
  Group,
  Modal,
  notifications,
  QueryView,
  Skeleton,
  Stack,
  Text,
} from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Shows by name who would gain and who would lose what, and how much stays, and saves just that. */
export function GovernancePlanDialog({ body, onClose }: { body: GovernanceUpdateBody; onClose: () => void }) {
  const queryClient = useQueryClient()
  const queryKey = ['governance', 'plan', body]
  const query = useQuery({ queryKey, queryFn: () => planGovernanceChange(body), gcTime: 0, staleTime: 0 })
  const save = useMutation({
    mutationFn: () => saveGovernance(body),
    onSuccess: async (settings) => {
      onClose()
      queryClient.setQueryData(governanceQuery.queryKey, settings)
      notifications.show({ message: messages.saved })
      await queryClient.invalidateQueries({ queryKey: ['sharing'] })
    },
  })
  const changes = query.data?.changes ?? []
  return (
    <Modal opened onClose={onClose} title={messages.planTitle} size={560}>
      <Stack gap="md">
        <QueryView query={query} queryKey={queryKey} awaiting={messages.planTitle} skeleton={<Skeleton height={120} />}>
          {(plan) =>
            plan.changes.length === 0 ? (
              <Text>{messages.noChanges}</Text>
            ) : (
              <Stack gap="md">
                {plan.changes.map((change) => (
                  <Change key={change.id} change={change} />
                ))}
              </Stack>
            )
          }
        </QueryView>
        <FormError error={save.error} title={messages.saveFailed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button disabled={changes.length === 0} loading={save.isPending} onClick={() => save.mutate()}>
            {messages.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Change({ change }: { change: GovernanceChange }) {
  const { title, sentence, losers, loserCount, gainers, gainerCount, kept } = change
  const name = (people: GovernanceChange['losers'], count: number) => {
    const names = people.slice(0, 8).map((person) => person.name)
    return count > names.length ? `${names.join(', ')} …` : names.join(', ')
  }
  return (
    <div>
      <Text fw={500}>{title}</Text>
      <Text>{sentence}</Text>
      <ConsequenceList label={title}>
        {loserCount > 0 && (
          <li>
            {messages.losers(loserCount)}
            {name(losers, loserCount)}
          </li>
        )}
        {gainerCount > 0 && (
          <li>
            {messages.gainers(gainerCount)}
            {name(gainers, gainerCount)}
          </li>
        )}
        {kept !== null && kept > 0 && <li>{messages.kept(kept)}</li>}
      </ConsequenceList>
    </div>
  )
}
