import type { UsageLimit, UsageLimitsBody, UsageReport } from '@graticule/contract'
import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { groupsQuery } from '../../../api/groups.ts'
import { saveUsageLimits } from '../../../api/usage.ts'
import { useCan } from '../../../shell/use-session.ts'
import {
  ActionIcon,
  Button,
  Group,
  lookupError,
  NumberInput,
  notifications,
  Select,
  Text,
  TextInput,
  Title,
  useDebouncedValue,
} from '../../../ui/index.ts'
import { PersonPicker } from '../assets/person-picker.tsx'
import { QuotaRow } from '../quotas/quota-row.tsx'
import classes from '../quotas/quotas.module.css'
import settingsClasses from '../settings.module.css'
import { messages } from './messages.ts'

const DAY_OF_YEAR = /^((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))$/
/** What a limit begins with, until somebody writes another number. */
const FIRST_UNITS = 1_000

/** The yearly quota, and the limits of people and groups; support access sees them alone. */
export function UsageLimitsSection({ report }: { report: UsageReport }) {
  const { allowed: isEditable } = useCan('usage.limit')
  const queryClient = useQueryClient()
  const [quota, setQuota] = useState(report.year.quota)
  const [resetsOn, setResetsOn] = useState(report.resetsOn)
  const [limits, setLimits] = useState<readonly UsageLimit[]>(report.limits)
  const isDay = DAY_OF_YEAR.test(resetsOn)
  const body: UsageLimitsBody = {
    revision: report.revision,
    yearlyUnits: quota,
    resetsOn,
    limits: limits.map(({ kind, id, units }) => ({ kind, id, units })),
  }
  const before = report.limits.map(({ kind, id, units }) => ({ kind, id, units }))
  const isChanged =
    quota !== report.year.quota ||
    resetsOn !== report.resetsOn ||
    JSON.stringify(body.limits) !== JSON.stringify(before)
  const save = useMutation({
    mutationFn: () => saveUsageLimits(body),
    onSuccess: () => notifications.show({ message: messages.saved }),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.notSaved,
        message: error instanceof ApiError ? error.message : '',
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['usage'] }),
  })
  const add = (kind: UsageLimit['kind'], id: string, name: string) => {
    if (limits.some((limit) => limit.kind === kind && limit.id === id)) return
    setLimits([...limits, { kind, id, name, units: FIRST_UNITS, used: 0 }])
  }
  const setUnits = (changed: UsageLimit, units: number) =>
    setLimits(limits.map((limit) => (limit === changed ? { ...limit, units } : limit)))
  return (
    <section>
      <Title order={2}>{messages.limitsTitle}</Title>
      <Text c="dimmed" mb="sm" maw={640}>
        {messages.limitsIntro}
      </Text>
      <form
        className={settingsClasses.panel}
        aria-label={messages.limitsTitle}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged && isDay) save.mutate()
        }}
      >
        <ul className={classes.rows}>
          <QuotaRow
            label={messages.quota}
            help={messages.quotaHelp}
            used={Math.round(report.year.used)}
            limit={report.year.quota}
            field={
              isEditable && (
                <>
                  <UnitsField label={messages.quota} value={quota} onChange={setQuota} />
                  <TextInput
                    className={classes.field}
                    label={messages.resetsOn}
                    description={messages.resetsOnHelp}
                    error={!isDay && messages.resetsOnWrong}
                    value={resetsOn}
                    onChange={(event) => setResetsOn(event.currentTarget.value.trim())}
                  />
                </>
              )
            }
          />
          {limits.map((limit) => (
            <QuotaRow
              key={`${limit.kind}/${limit.id}`}
              label={limit.name}
              help={messages.kinds[limit.kind]}
              used={Math.round(limit.used)}
              limit={limit.units}
              field={
                isEditable && (
                  <Group gap="xs" align="end" wrap="nowrap">
                    <UnitsField
                      label={messages.limitOf(limit.name)}
                      value={limit.units}
                      onChange={(units) => units !== null && setUnits(limit, units)}
                    />
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={messages.remove(limit.name)}
                      onClick={() => setLimits(limits.filter((other) => other !== limit))}
                    >
                      <IconX size={16} />
                    </ActionIcon>
                  </Group>
                )
              }
            />
          ))}
        </ul>
        {limits.length === 0 && (
          <Text c="dimmed" size="sm">
            {messages.noLimits}
          </Text>
        )}
        {isEditable && (
          <>
            <Group mt="md" gap="xs">
              <PersonPicker
                ariaLabel={messages.addPerson}
                placeholder={messages.addPerson}
                isAnybody
                value={null}
                onPick={(person) => person && add('user', person.id, person.name)}
              />
              <GroupPicker onPick={(id, name) => add('group', id, name)} />
            </Group>
            <Group mt="md" gap="xs">
              <Button type="submit" disabled={!isChanged || !isDay} loading={save.isPending}>
                {messages.save}
              </Button>
              {isChanged && (
                <Button
                  variant="default"
                  onClick={() => {
                    setQuota(report.year.quota)
                    setResetsOn(report.resetsOn)
                    setLimits(report.limits)
                  }}
                >
                  {messages.discard}
                </Button>
              )}
            </Group>
          </>
        )}
      </form>
    </section>
  )
}

function UnitsField(props: { label: string; value: number | null; onChange: (units: number | null) => void }) {
  return (
    <NumberInput
      className={classes.field}
      label={props.label}
      min={0}
      max={1_000_000_000_000}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      value={props.value ?? ''}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : null)}
    />
  )
}

function GroupPicker({ onPick }: { onPick: (id: string, name: string) => void }) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const lookup = useQuery(groupsQuery({ search: search || undefined, pageSize: 50 }))
  const groups = lookup.data?.groups ?? []
  return (
    <Select
      aria-label={messages.addGroup}
      placeholder={messages.addGroup}
      error={lookupError(lookup)}
      searchable
      // The server has searched already.
      filter={({ options }) => options}
      data={groups.map(({ id, name }) => ({ value: id, label: name }))}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        const group = groups.find((candidate) => candidate.id === id)
        if (group) onPick(group.id, group.name)
        setText('')
      }}
    />
  )
}
