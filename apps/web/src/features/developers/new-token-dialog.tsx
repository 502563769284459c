import type { ConnectionSummary } from '@graticule/contract'
import type { TokenChoices } from '@graticule/policy'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type CreatedToken, createToken, tokensQuery } from '../../api/tokens.ts'
import {
  ActionIcon,
  Button,
  Checkbox,
  FormError,
  Group,
  Input,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '../../ui/index.ts'
import { messages } from './messages.ts'
import { TableNameInput } from './table-name-input.tsx'
import {
  defaultExpiry,
  type GrantRow,
  listExpiries,
  type TokenFormValues,
  tokenFormErrors,
  toTokenBody,
} from './token-form-values.ts'

/** Asks what a new token may do, and makes it. */
export function NewTokenDialog(props: {
  opened: boolean
  connections: readonly ConnectionSummary[]
  choices: TokenChoices
  onClose: () => void
  onCreated: (token: CreatedToken) => void
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.createTitle} size={600}>
      <TokenForm {...props} />
    </Modal>
  )
}

function TokenForm(props: {
  connections: readonly ConnectionSummary[]
  choices: TokenChoices
  onClose: () => void
  onCreated: (token: CreatedToken) => void
}) {
  const { connections, choices } = props
  const queryClient = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState<TokenFormValues>(() => ({
    name: '',
    grants: [{ connectionName: connections[0]?.name ?? '', source: '' }],
    apis: ['maps'],
    referers: [],
    expiry: defaultExpiry(choices),
  }))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useMutation({
    mutationFn: (body: Parameters<typeof createToken>[0]) => createToken(body),
    onSuccess: async (token) => {
      props.onCreated(token)
      await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey })
    },
  })
  const change = (changes: Partial<TokenFormValues>) => setValues((current) => ({ ...current, ...changes }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = tokenFormErrors(values, choices)
    setErrors(found)
    if (Object.keys(found).length === 0) return create.mutate(toTokenBody(values, new Date()))
    // The invalid marks are on the page only after the next paint.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const isSqlLimited = values.apis.includes('sql') && !values.grants.some(({ source }) => source.trim() === '*')
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <Stack gap="md">
        <FormError error={create.error} title={messages.createFailed} />
        <TextInput
          label={messages.name}
          description={messages.nameHelp}
          maxLength={100}
          required
          data-autofocus
          value={values.name}
          error={errors.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <GrantRows
          connections={connections}
          rows={values.grants}
          errors={errors}
          everythingRule={choices.everything.allowed ? undefined : choices.everything.reason}
          onChange={(grants) => change({ grants })}
        />
        <Checkbox.Group
          label={messages.apis}
          error={errors.apis}
          value={[...values.apis]}
          onChange={(apis) => change({ apis })}
        >
          <Stack gap={6} mt={4}>
            {Object.entries(messages.apiLabels).map(([api, label]) => (
              <Checkbox key={api} value={api} label={label} />
            ))}
          </Stack>
        </Checkbox.Group>
        {isSqlLimited && (
          <Text size="xs" c="dimmed" mt={-8}>
            {messages.sqlNeedsEverything}
          </Text>
        )}
        <TagsInput
          label={messages.referers}
          description={choices.anySite.allowed ? messages.referersHelp : choices.anySite.reason}
          required={!choices.anySite.allowed}
          placeholder={values.referers.length === 0 ? messages.referersPlaceholder : undefined}
          value={[...values.referers]}
          error={errors.referers}
          onChange={(referers) => change({ referers })}
        />
        <Select
          label={messages.expires}
          description={choices.endless.allowed ? undefined : choices.endless.reason}
          styles={{ wrapper: { width: 180 } }}
          allowDeselect={false}
          data={listExpiries(choices)}
          value={values.expiry}
          onChange={(expiry) => change({ expiry: expiry ?? values.expiry })}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {messages.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function GrantRows(props: {
  connections: readonly ConnectionSummary[]
  rows: readonly GrantRow[]
  errors: Record<string, string>
  /** Why nobody here grants everything; undefined when they may. */
  everythingRule: string | undefined
  onChange: (rows: readonly GrantRow[]) => void
}) {
  const { rows, onChange } = props
  const setRow = (index: number, changes: Partial<GrantRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...changes } : row)))
  return (
    <Input.Wrapper
      label={messages.grants}
      description={props.everythingRule ? `${messages.grantsHelp} ${props.everythingRule}` : messages.grantsHelp}
      labelElement="div"
    >
      <Stack gap="xs" mt={6}>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are told apart by their place alone.
          <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
            <Select
              aria-label={messages.connection}
              w={190}
              allowDeselect={false}
              data={props.connections.map(({ name }) => name)}
              value={row.connectionName}
              onChange={(connectionName) => setRow(index, { connectionName: connectionName ?? '' })}
            />
            <TableNameInput
              connectionName={row.connectionName}
              value={row.source}
              offersEverything={props.everythingRule === undefined}
              error={props.errors[`grants.${index}`]}
              onChange={(source) => setRow(index, { source })}
            />
            <ActionIcon
              size={30}
              disabled={rows.length === 1}
              aria-label={messages.removeGrant(index + 1)}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...rows, { connectionName: rows.at(-1)?.connectionName ?? '', source: '' }])}
        >
          {messages.addGrant}
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}
