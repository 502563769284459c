import type { OrganizationSettings } from '@graticule/contract'
import { SEAT_KINDS, type SeatUse } from '@graticule/policy'
import { useCan } from '../../../shell/use-session.ts'
import { Button, FormError, Group, NumberInput, Progress, Stack, Text, Title, useForm } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { useUpdateOrganization } from './use-update-organization.ts'

/** How many people may have each kind of seat, and how many do; superadmins change it, admins see it. */
export function SeatsForm({ settings }: { settings: OrganizationSettings }) {
  const { allowed } = useCan('organization.set-seats')
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.seatsTitle}
      </Title>
      <div className={classes.panel}>
        <Stack gap="md">
          {SEAT_KINDS.map((kind) => (
            <SeatRow
              key={kind}
              label={messages.seats[kind].label}
              help={messages.seats[kind].help}
              seats={settings.seats[kind]}
            />
          ))}
          {allowed ? (
            <LimitsForm settings={settings} />
          ) : (
            <Text c="dimmed" size="xs">
              {messages.seatsBySuperadmin}
            </Text>
          )}
        </Stack>
      </div>
    </section>
  )
}

function SeatRow({ label, help, seats }: { label: string; help: string; seats: SeatUse }) {
  const { used, limit } = seats
  const sentence = limit === null ? messages.usedOfAny(used) : messages.usedOf(used, limit)
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text fw={500}>{label}</Text>
        <Text className="tabular">{sentence}</Text>
      </Group>
      {limit !== null && (
        <Progress
          mt={4}
          aria-label={`${label}: ${sentence}`}
          color={used >= limit ? 'yellow' : undefined}
          value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
        />
      )}
      <Text c="dimmed" size="xs" mt={4}>
        {help}
      </Text>
    </div>
  )
}

function LimitsForm({ settings }: { settings: OrganizationSettings }) {
  const update = useUpdateOrganization()
  const { editor, viewer } = settings.seats
  const form = useForm<Record<'editor' | 'viewer', number | string>>({
    initialValues: { editor: editor.limit ?? '', viewer: viewer.limit ?? '' },
  })
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((limits) =>
        update.mutate(
          { seats: { editor: toLimit(limits.editor), viewer: toLimit(limits.viewer) } },
          { onSuccess: () => form.resetDirty() },
        ),
      )}
    >
      <Stack gap="sm">
        <Group gap="md" align="flex-start">
          {SEAT_KINDS.map((kind) => (
            <NumberInput
              key={kind}
              w={180}
              label={messages.seats[kind].limit}
              placeholder={messages.unlimited}
              min={0}
              max={1_000_000}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              {...form.getInputProps(kind)}
            />
          ))}
        </Group>
        <Text c="dimmed" size="xs">
          {messages.limitsHelp}
        </Text>
        <FormError error={update.error} title={messages.saveFailed} />
        <Group>
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
            {messages.saveSeats}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** An empty field is no limit. */
function toLimit(value: number | string): number | null {
  return value === '' ? null : Number(value)
}
