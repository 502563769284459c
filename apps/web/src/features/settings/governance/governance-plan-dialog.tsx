import type { GovernanceChange, GovernanceUpdateBody } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { governanceQuery, planGovernanceChange, saveGovernance } from '../../../api/governance.ts'
import { ConsequenceList, NameSentence, notifications, Stack, Text } from '../../../ui/index.ts'
import { PlanFrame } from '../plan/plan-frame.tsx'
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
  return (
    <PlanFrame
      title={messages.planTitle}
      query={query}
      queryKey={queryKey}
      awaiting={messages.planTitle}
      error={save.error}
      failed={messages.saveFailed}
      save={{
        label: messages.save,
        isPossible: ({ changes }) => changes.length > 0,
        isPending: save.isPending,
        run: () => save.mutate(),
      }}
      onClose={onClose}
    >
      {({ changes }) =>
        changes.length === 0 ? (
          <Text>{messages.noChanges}</Text>
        ) : (
          <Stack gap="md">
            {changes.map((change) => (
              <Change key={change.id} change={change} />
            ))}
          </Stack>
        )
      }
    </PlanFrame>
  )
}

function Change({ change }: { change: GovernanceChange }) {
  const { title, sentence, losers, loserCount, gainers, gainerCount, kept } = change
  const named = (people: GovernanceChange['losers']) =>
    people.map(({ id, name, email }) => ({ id, text: name, detail: email }))
  return (
    <div>
      <Text fw={500}>{title}</Text>
      <Text>{sentence}</Text>
      <ConsequenceList label={title}>
        {loserCount > 0 && (
          <li>
            <NameSentence label={messages.losing(title)} lead={messages.losers(loserCount)} items={named(losers)} />
          </li>
        )}
        {gainerCount > 0 && (
          <li>
            <NameSentence label={messages.gaining(title)} lead={messages.gainers(gainerCount)} items={named(gainers)} />
          </li>
        )}
        {kept !== null && kept > 0 && <li>{messages.kept(kept)}</li>}
      </ConsequenceList>
    </div>
  )
}
