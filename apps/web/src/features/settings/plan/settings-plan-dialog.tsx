import type { SectionRevisions, SettingsEffect, SettingsPlan } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { applySettings, planSettings } from '../../../api/settings-document.ts'
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
import classes from './plan.module.css'

const KINDS = ['loss', 'gain', 'change'] as const
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
  const plan = query.data
  return (
    <Modal opened onClose={onClose} title={messages.title} size={560}>
      <Stack gap="md">
        <QueryView query={query} queryKey={queryKey} awaiting={messages.awaiting} skeleton={<Skeleton height={140} />}>
          {(answer) => <Plan plan={answer} />}
        </QueryView>
        <FormError error={apply.error} title={messages.failed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button
            disabled={plan === undefined || plan.problems.length > 0 || plan.differences.length === 0}
            loading={apply.isPending}
            onClick={() => plan && apply.mutate(plan)}
          >
            {messages.apply}
          </Button>
        </Group>
      </Stack>
    </Modal>
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
      {problems.length > 0 && (
        <Alert role="alert" color="yellow" title={messages.problems}>
          {problems.map((problem) => (
            <Text key={problem}>{problem}</Text>
          ))}
        </Alert>
      )}
      {effects.length === 0 && problems.length === 0 && <Text>{messages.noEffect}</Text>}
      {KINDS.map((kind) => (
        <Effects key={kind} title={messages.groups[kind]} effects={effects.filter((effect) => effect.kind === kind)} />
      ))}
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

function Effects({ title, effects }: { title: string; effects: readonly SettingsEffect[] }) {
  if (effects.length === 0) return null
  return (
    <div>
      <Text fw={500} mb={4}>
        {title}
      </Text>
      <ConsequenceList label={title}>
        {effects.map(({ name, section, sentence }) => (
          <li key={`${section} ${name} ${sentence}`}>
            {name !== null && <strong>{name}: </strong>}
            {sentence}
          </li>
        ))}
      </ConsequenceList>
    </div>
  )
}

function show(value: unknown): string {
  if (value === undefined) return messages.none
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
