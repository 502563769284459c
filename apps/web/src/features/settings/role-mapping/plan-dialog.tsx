import { type PlannedRoleChange, ROLES, type RoleMappingBody, type RolePlan } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { planRoleMapping, roleMappingQuery, saveRoleMapping } from '../../../api/directories.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { useSession } from '../../../shell/use-session.ts'
import { NameRows, notifications, Stack, Text } from '../../../ui/index.ts'
import { PlanFrame } from '../plan/plan-frame.tsx'
import { PlanProblems } from '../plan/planned-effects.tsx'
import { messages } from './messages.ts'

/** Shows by name who would gain and who would lose which role, and saves just that. */
export function PlanDialog({ body, onClose }: { body: RoleMappingBody; onClose: () => void }) {
  const queryClient = useQueryClient()
  const queryKey = ['role-mapping', 'plan', body]
  const query = useQuery({ queryKey, queryFn: () => planRoleMapping(body), gcTime: 0, staleTime: 0 })
  const save = useMutation({
    mutationFn: (plan: RolePlan) => saveRoleMapping({ ...body, planVersion: plan.version }),
    onSuccess: async () => {
      onClose()
      notifications.show({ message: messages.saved })
      await queryClient.invalidateQueries({ queryKey: roleMappingQuery.queryKey, exact: true })
      await queryClient.invalidateQueries({ queryKey: ['people'] })
    },
    // What was looked at may no longer be what would happen.
    onError: () => queryClient.invalidateQueries({ queryKey }),
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
        label: messages.save(query.data?.changes.length ?? 0),
        isPossible: ({ problems }) => problems.length === 0,
        isPending: save.isPending,
        run: save.mutate,
      }}
      onClose={onClose}
    >
      {(plan) => <Plan plan={plan} />}
    </PlanFrame>
  )
}

function Plan({ plan: { changes, problems } }: { plan: RolePlan }) {
  const isGain = ({ from, to }: PlannedRoleChange) => ROLES.indexOf(to) < ROLES.indexOf(from)
  const gains = changes.filter(isGain)
  const losses = changes.filter((change) => !isGain(change))
  return (
    <Stack gap="md">
      <PlanProblems problems={problems} />
      {changes.length === 0 && problems.length === 0 && <Text>{messages.nobodyChanges}</Text>}
      {losses.length > 0 && <Changes title={messages.losses(losses.length)} changes={losses} />}
      {gains.length > 0 && <Changes title={messages.gains(gains.length)} changes={gains} />}
    </Stack>
  )
}

function Changes({ title, changes }: { title: string; changes: readonly PlannedRoleChange[] }) {
  const { user } = useSession()
  const { roles } = shellMessages
  return (
    <div>
      <Text fw={500} mb={4}>
        {title}
      </Text>
      <NameRows
        label={title}
        items={changes.map(({ person, from, to, handsOver }) => ({
          id: person.id,
          text: [
            `${person.name}: ${messages.change(roles[from], roles[to])}`,
            ...(handsOver ? [messages.handsOver] : []),
            ...(person.id === user.id ? [messages.you] : []),
          ].join(' · '),
        }))}
      />
    </div>
  )
}
