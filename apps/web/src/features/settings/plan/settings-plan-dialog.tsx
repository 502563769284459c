import type { SectionRevisions, SettingsPlan } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { applySettings, planSettings } from '../../../api/settings-document.ts'
import { notifications, Stack, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './plan.module.css'
import { PlanFrame } from './plan-frame.tsx'
import { PlannedEffects, PlanProblems } from './planned-effects.tsx'

/** The longest value that is shown whole. */
const MAX_SHOWN = 160

/** Shows who and what a document of settings would change, by name, and applies just that. */
export function SettingsPlanDialog(props: {
  text: string
  base: SectionRevisions
  onClose: () => void
  onApplied?: () => void
}) {
  const { text, onClose } = props
  const queryClient = useQueryClient()
  const queryKey = ['settings-plan', text]
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => planSettings(text, signal),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const apply = useMutation({
    mutationFn: (plan: SettingsPlan) =>
      applySettings({ text, base: onlyOf(props.base, plan), planVersion: plan.version }),
    onSuccess: async () => {
      notifications.show({ message: messages.applied })
      // A document may change whatever a page shows.
      await queryClient.invalidateQueries({ predicate: (each) => each.queryKey[0] !== 'settings-plan' })
      onClose()
      props.onApplied?.()
    },
  })
  return (
    <PlanFrame
      title={messages.title}
      query={query}
      queryKey={queryKey}
      awaiting={messages.awaiting}
      error={apply.error}
      failed={messages.failed}
      save={{
        label: messages.apply,
        isPossible: ({ problems, differences }) => problems.length === 0 && differences.length > 0,
        isPending: apply.isPending,
        run: apply.mutate,
      }}
      onClose={onClose}
    >
      {(plan) => <Plan plan={plan} />}
    </PlanFrame>
  )
}

/** The revisions that were read of the sections that a plan is about. */
function onlyOf(base: SectionRevisions, { revisions }: SettingsPlan): SectionRevisions {
  return Object.fromEntries(Object.entries(base).filter(([name]) => Object.hasOwn(revisions, name)))
}

function Plan({ plan: { differences, effects, problems } }: { plan: SettingsPlan }) {
  if (differences.length === 0) return <Text>{messages.nothing}</Text>
  return (
    <Stack gap="md">
      <PlanProblems problems={problems} />
      {effects.length === 0 && problems.length === 0 && <Text>{messages.noEffect}</Text>}
      <PlannedEffects effects={effects} />
      <details className={classes.differences}>
        <summary>{messages.differences(differences.length)}</summary>
        <dl>
          {differences.map(({ path, from, to }) => (
            <div key={path}>
              <dt>{path}</dt>
              <dd>
                {messages.from}: {show(from)}
              </dd>
              <dd>
                {messages.to}: {show(to)}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Stack>
  )
}

function show(value: unknown): string {
  if (value === undefined) return messages.none
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
