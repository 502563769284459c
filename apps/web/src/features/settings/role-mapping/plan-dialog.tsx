import { type PlannedRoleChange, ROLES, type RoleMappingBody, type RolePlan } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { planRoleMapping, roleMappingQuery, saveRoleMapping } from '../../../api/directories.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { useSession } from '../../../shell/use-session.ts'
import {
  Alert,
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
    <Modal opened onClose={onClose} title={messages.planTitle} size={520}>
      <Stack gap="md">
        <QueryView query={query} queryKey={queryKey} awaiting={messages.planTitle} skeleton={<Skeleton height={120} />}>
          {(plan) => <Plan plan={plan} />}
        </QueryView>
        <FormError error={save.error} title={messages.saveFailed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button
            disabled={!query.isSuccess || query.data.problems.length > 0}
            loading={save.isPending}
            onClick={() => query.data && save.mutate(query.data)}
          >
            {messages.save(query.data?.changes.length ?? 0)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Plan({ plan: { changes, problems } }: { plan: RolePlan }) {
  const isGain = ({ from, to }: PlannedRoleChange) => ROLES.indexOf(to) < ROLES.indexOf(from)
  const gains = changes.filter(isGain)
  const losses = changes.filter((change) => !isGain(change))
  return (
    <Stack gap="md">
      {problems.length > 0 && (
        <Alert role="alert" color="yellow" title={messages.problems}>
          {problems.map((problem) => (
            <Text key={problem}>{problem}</Text>
          ))}
        </Alert>
      )}
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
      <ConsequenceList label={title}>
        {changes.map(({ person, from, to, handsOver }) => (
          <li key={person.id}>
            {person.name}: {messages.change(roles[from], roles[to])}
            {handsOver && ` · ${messages.handsOver}`}
            {person.id === user.id && ` · ${messages.you}`}
          </li>
        ))}
      </ConsequenceList>
    </div>
  )
}
