import type { OrganizationSettings } from '@graticule/contract'
import { Button, Group, Select, Stack, Text, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { usePlannedUpdate } from './use-planned-update.tsx'

const HOUR = 60
const DAY = 24 * HOUR
const CHOICES = {
  idleMinutes: [15, 30, HOUR, 4 * HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY],
  absoluteMinutes: [HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY],
} as const
type Length = keyof typeof CHOICES
/** The choice of leaving it to the server. */
const AS_SERVER = 'server'

/** How long a session may rest, and how long it lasts. */
export function SessionLengthForm({ settings }: { settings: OrganizationSettings }) {
  const { sessionLength } = settings
  const update = usePlannedUpdate()
  const form = useForm({
    initialValues: {
      idleMinutes: toChoice(sessionLength.idleMinutes),
      absoluteMinutes: toChoice(sessionLength.absoluteMinutes),
    },
  })
  const options = (length: Length) => {
    const now = sessionLength[length]
    const minutes = new Set<number>(now === null ? CHOICES[length] : [...CHOICES[length], now])
    return [
      { value: AS_SERVER, label: messages.asServer(describeMinutes(sessionLength.defaults[length])) },
      ...[...minutes].sort((a, b) => a - b).map((count) => ({ value: String(count), label: describeMinutes(count) })),
    ]
  }
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.sessionsTitle}
      </Title>
      <form
        className={classes.panel}
        aria-label={messages.sessionsTitle}
        noValidate
        onSubmit={form.onSubmit(({ idleMinutes, absoluteMinutes }) =>
          update.review(
            { sessionLength: { idleMinutes: toMinutes(idleMinutes), absoluteMinutes: toMinutes(absoluteMinutes) } },
            form.resetDirty,
          ),
        )}
      >
        <Stack gap="md">
          <Group gap="md" align="flex-start">
            {(['idleMinutes', 'absoluteMinutes'] as const).map((length) => (
              <Select
                key={length}
                w={240}
                label={messages.sessionLength[length]}
                allowDeselect={false}
                data={options(length)}
                {...form.getInputProps(length)}
              />
            ))}
          </Group>
          <Text c="dimmed" size="xs">
            {messages.sessionLengthHelp}
          </Text>
          <Group>
            <Button type="submit" disabled={!form.isDirty()}>
              {messages.look}
            </Button>
          </Group>
        </Stack>
      </form>
      {update.dialog}
    </section>
  )
}

function toChoice(minutes: number | null): string {
  return minutes === null ? AS_SERVER : String(minutes)
}

function toMinutes(choice: string): number | null {
  return choice === AS_SERVER ? null : Number(choice)
}

function describeMinutes(minutes: number): string {
  const [count, unit] =
    minutes % DAY === 0 ? [minutes / DAY, 'day'] : minutes % HOUR === 0 ? [minutes / HOUR, 'hour'] : [minutes, 'minute']
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
