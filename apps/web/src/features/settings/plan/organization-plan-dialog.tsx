import type { OrganizationPlan, OrganizationPlanBody } from '@graticule/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { planOrganizationChange } from '../../../api/organization.ts'
import { Stack, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { PlanFrame } from './plan-frame.tsx'
import { PlannedEffects, PlanProblems } from './planned-effects.tsx'

/** Shows by name what a change of the organization would do, and saves just that. */
export function OrganizationPlanDialog(props: {
  body: OrganizationPlanBody
  /** Makes the change, if the plan of that version is still what it would do. */
  save: (planVersion: string) => Promise<unknown>
  onClose: () => void
}) {
  const { body } = props
  return (
    <ChangePlanDialog
      queryKey={['organization', 'plan', body]}
      plan={(signal) => planOrganizationChange(body, signal)}
      save={props.save}
      onClose={props.onClose}
    />
  )
}

/** The same for whatever change can be planned. */
export function ChangePlanDialog(props: {
  title?: string
  /** What the button says that makes the change. */
  saveLabel?: string
  queryKey: readonly unknown[]
  plan: (signal: AbortSignal) => Promise<OrganizationPlan>
  save: (planVersion: string) => Promise<unknown>
  onClose: () => void
}) {
  const { queryKey, onClose } = props
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => props.plan(signal),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const save = useMutation({
    mutationFn: (plan: OrganizationPlan) => props.save(plan.version),
    onSuccess: onClose,
    // What was looked at may no longer be what would happen.
    onError: () => query.refetch(),
  })
  return (
    <PlanFrame
      title={props.title ?? messages.title}
      query={query}
      queryKey={queryKey}
      awaiting={messages.awaiting}
      error={save.error}
      failed={messages.failed}
      save={{
        label: props.saveLabel ?? messages.save,
        isPossible: ({ effects, problems }) => effects.length > 0 && problems.length === 0,
        isPending: save.isPending,
        run: save.mutate,
      }}
      onClose={onClose}
    >
      {({ effects, problems }) => (
        <Stack gap="md">
          <PlanProblems problems={problems} />
          {effects.length === 0 && problems.length === 0 && <Text>{messages.nothing}</Text>}
          <PlannedEffects effects={effects} />
        </Stack>
      )}
    </PlanFrame>
  )
}
