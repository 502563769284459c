import type { ConnectionSummary, Privacy } from '@graticule/contract'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconChevronRight, IconLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import {
  type ConnectionTest,
  connectionsQuery,
  createConnection,
  type ProviderField,
  type ProviderSummary,
  providersQuery,
  testConnection,
  updateConnection,
} from '../../api/connections.ts'
import { governanceQuery } from '../../api/governance.ts'
import {
  Alert,
  Button,
  Collapse,
  FormError,
  Group,
  Modal,
  notifications,
  QueryView,
  Select,
  SimpleGrid,
  Skeleton,
  SlowNotice,
  Stack,
  Text,
  TextInput,
  useDisclosure,
} from '../../ui/index.ts'
import { AffectedAssets } from './affected-assets.tsx'
import { ConfigField } from './config-field.tsx'
import { ConnectionAliases } from './connection-aliases.tsx'
import { configErrors, groupFields, initialValues, nameError, toConfig } from './connection-form-values.ts'
import { ConnectionOptionsFields } from './connection-options-fields.tsx'
import { optionErrors, optionValues, toOptions } from './connection-options-values.ts'
import { ConnectionWarning } from './connection-warning.tsx'
import { messages } from './messages.ts'
import { useConnectionRules } from './use-connection-rules.ts'

/** Adds a connection, or edits the given one. */
export function ConnectionDialog(props: {
  opened: boolean
  connection: ConnectionSummary | null
  onClose: () => void
}) {
  const { opened, connection, onClose } = props
  const query = useQuery({ ...providersQuery, enabled: opened })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={560}
      title={connection ? messages.editTitle(connection.name) : messages.addTitle}
      closeOnClickOutside={false}
    >
      <QueryView
        query={query}
        queryKey={providersQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<Skeleton height={320} />}
      >
        {(providers) => <ConnectionForm providers={providers} connection={connection} onClose={onClose} />}
      </QueryView>
    </Modal>
  )
}

function ConnectionForm(props: {
  providers: readonly ProviderSummary[]
  connection: ConnectionSummary | null
  onClose: () => void
}) {
  const { providers, connection, onClose } = props
  const queryClient = useQueryClient()
  const rules = useConnectionRules()
  const first = providers.find((candidate) => rules.ofProvider(candidate) === undefined) ?? providers[0]
  const [providerId, setProviderId] = useState(connection?.providerId ?? first?.id ?? '')
  const provider = providers.find(({ id }) => id === providerId)
  const fields = provider?.configFields ?? []
  const usedNow = connection?.signIns ?? []
  const fieldRules = provider ? rules.ofFields(provider, usedNow) : {}
  const providerRule = provider && !connection ? rules.ofProvider(provider) : undefined
  const [name, setName] = useState(connection?.name ?? '')
  const [values, setValues] = useState(() => initialValues(fields, connection?.config))
  const [privacy, setPrivacy] = useState<Privacy | null>(null)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const form = useRef<HTMLFormElement>(null)
  const hasStoredSecrets = connection !== null
  const [options, setOptions] = useState(() => optionValues(connection?.options))
  const [aliases, setAliases] = useState<readonly string[]>(connection?.aliases ?? [])
  const [areOptionsOpen, optionFields] = useDisclosure(
    Object.values(connection?.options ?? {}).some((value) => value !== null && value !== false),
  )
  const trial = useTrial()
  const { main, more } = groupFields(fields)
  const [isMoreOpen, moreFields] = useDisclosure(
    more.some(({ name: field }) => connection?.config[field] !== undefined),
  )
  // A secret that is stored is kept by an empty field.
  const hasNoSecret =
    usedNow.length === 0 && !provider?.signInMethods.some((method) => method.fields.some((field) => values[field]))
  const noSecretRule = provider && hasNoSecret ? rules.ofNoSecret(provider, usedNow) : undefined
  const fieldProps = {
    rules: fieldRules,
    values,
    errors,
    hasStoredSecrets,
    onChange: (field: string, value: string) => {
      setValues((current) => ({ ...current, [field]: value }))
      trial.forget()
    },
  }

  const save = useMutation({
    mutationFn: () => {
      const config = toConfig(fields, values)
      return connection
        ? updateConnection(connection.id, {
            ...(name === connection.name ? {} : { name }),
            ...(aliases.length === connection.aliases.length ? {} : { aliases: [...aliases] }),
            config,
            options: toOptions(options),
            revision: connection.revision,
          })
        : // Unless its maker chooses, it is shared as the organization's default says.
          createConnection({
            name,
            providerId,
            config,
            options: toOptions(options),
            ...(privacy === null ? {} : { privacy }),
          })
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey })
      // There is one more to count.
      await queryClient.invalidateQueries({ queryKey: governanceQuery.queryKey })
      await queryClient.invalidateQueries({ queryKey: ['catalog', saved.name] })
      notifications.show({ message: messages.saved(saved.name) })
      onClose()
    },
    onError: (error) => {
      const field = namedField(error)
      if (!field) return
      setErrors({ [field]: error.message })
      if (more.some((extra) => extra.name === field)) moreFields.open()
    },
  })

  const check = (withName: boolean): boolean => {
    const wrongOptions = optionErrors(options)
    const found = { ...configErrors(fields, values, hasStoredSecrets), ...wrongOptions }
    const wrongName = withName ? nameError(name) : null
    if (wrongName) found.name = wrongName
    setErrors(found)
    if (Object.keys(found).length === 0) return true
    if (Object.keys(wrongOptions).length > 0) optionFields.open()
    if (more.some(({ name: field }) => found[field])) moreFields.open()
    // The invalid marks are on the page only after the next paint.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    return false
  }
  const test = () => {
    if (check(false)) trial.run({ providerId, config: toConfig(fields, values), connectionId: connection?.id })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (check(true)) save.mutate()
  }
  const isBusy = save.isPending || trial.isPending
  const isForbidden = providerRule !== undefined || noSecretRule !== undefined
  const ruleOfProvider = (id: string) => {
    const candidate = providers.find((each) => each.id === id)
    return candidate && rules.ofProvider(candidate)
  }
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <Stack gap="sm">
        {!connection && <ConnectionWarning more={1} />}
        {!connection && providers.length > 1 && (
          <Select
            label={messages.provider}
            allowDeselect={false}
            data={providers.map((candidate) => ({
              value: candidate.id,
              label: candidate.label,
              disabled: rules.ofProvider(candidate) !== undefined,
            }))}
            renderOption={({ option }) => <RuledOption label={option.label} rule={ruleOfProvider(option.value)} />}
            value={providerId}
            onChange={(id) => {
              setProviderId(id ?? providerId)
              setValues(initialValues(providers.find((provider) => provider.id === id)?.configFields ?? []))
            }}
          />
        )}
        {providerRule !== undefined && (
          <Alert role="status" color="yellow" icon={<IconLock size={16} />} py={8} px={12}>
            {providerRule}
          </Alert>
        )}
        <TextInput
          label={messages.name}
          description={messages.nameHelp}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={name}
          error={errors.name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ConnectionAliases stored={connection?.aliases ?? []} kept={aliases} onChange={setAliases} />
        <FieldGrid fields={main} {...fieldProps} />
        {more.length > 0 && (
          <div>
            <Button
              variant="subtle"
              color="gray"
              size="compact-sm"
              ml={-8}
              aria-expanded={isMoreOpen}
              leftSection={isMoreOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              onClick={moreFields.toggle}
            >
              {messages.moreOptions}
            </Button>
            <Collapse expanded={isMoreOpen}>
              <FieldGrid fields={more} {...fieldProps} />
            </Collapse>
          </div>
        )}
        <div>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            ml={-8}
            aria-expanded={areOptionsOpen}
            leftSection={areOptionsOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            onClick={optionFields.toggle}
          >
            {messages.advanced}
          </Button>
          <Collapse expanded={areOptionsOpen}>
            <ConnectionOptionsFields
              values={options}
              errors={errors}
              onChange={(changes) => setOptions((current) => ({ ...current, ...changes }))}
            />
          </Collapse>
        </div>
        {!connection && (
          <Select
            label={messages.privacy}
            allowDeselect={false}
            data={[
              { value: 'default', label: messages.privacyDefault },
              { value: 'private', label: messages.privacyPrivate },
              { value: 'shared', label: messages.privacyShared, disabled: rules.ofSharing !== undefined },
            ]}
            renderOption={({ option }) => (
              <RuledOption label={option.label} rule={option.value === 'shared' ? rules.ofSharing : undefined} />
            )}
            value={privacy ?? 'default'}
            onChange={(value) => setPrivacy(value === 'private' || value === 'shared' ? value : null)}
          />
        )}
        {privacy === 'shared' && (
          <Text size="xs" c="dimmed" aria-live="polite">
            {messages.privacyConsequence}
          </Text>
        )}
        {noSecretRule !== undefined && (
          <Text size="xs" c="dimmed" role="status">
            {noSecretRule}
          </Text>
        )}
        {connection && <AffectedAssets connectionId={connection.id} />}
        <FormError error={trial.error} title={messages.testFailed} />
        <FormError error={save.error} title={messages.saveFailed} />
        {trial.warnings.map(({ step, sentence }) => (
          <Alert key={step} role="status" color="yellow" icon={<IconAlertTriangle size={16} />} py={8} px={12}>
            {sentence}
          </Alert>
        ))}
        {trial.isSuccess && (
          <Alert role="status" color="green" icon={<IconCheck size={16} />} py={8} px={12}>
            {trial.version ? messages.testWorked(trial.version) : messages.testWorkedSilent}
          </Alert>
        )}
        <SlowNotice
          isWaiting={isBusy}
          awaiting={messages.testing}
          onCancel={trial.isPending ? trial.forget : undefined}
        />
        <Group justify="space-between" gap="xs" mt="xs">
          <Button variant="default" loading={trial.isPending} disabled={save.isPending || isForbidden} onClick={test}>
            {messages.test}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={trial.isPending || isForbidden}>
              {messages.save}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}

/** An option that says why it cannot be chosen. */
function RuledOption({ label, rule }: { label: string; rule: string | undefined }) {
  return (
    <div>
      <Text>{label}</Text>
      {rule !== undefined && (
        <Text size="xs" c="dimmed">
          {rule}
        </Text>
      )}
    </div>
  )
}

function FieldGrid(props: {
  fields: readonly ProviderField[]
  /** Why the policies forbid some of the fields, by their names. */
  rules: Readonly<Record<string, string>>
  values: Readonly<Record<string, string>>
  errors: Readonly<Record<string, string>>
  hasStoredSecrets: boolean
  onChange: (field: string, value: string) => void
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      {props.fields.map((field) => (
        <ConfigField
          key={field.name}
          field={field}
          value={props.values[field.name] ?? ''}
          error={props.errors[field.name]}
          rule={props.rules[field.name]}
          hasStoredSecrets={props.hasStoredSecrets}
          onChange={(value) => props.onChange(field.name, value)}
        />
      ))}
    </SimpleGrid>
  )
}

/** One test of the form's values at a time; forgetting it also cancels it. */
function useTrial() {
  const abort = useRef<AbortController>(null)
  const trial = useMutation({
    mutationFn: (test: ConnectionTest) => {
      abort.current = new AbortController()
      return testConnection(test, abort.current.signal)
    },
  })
  return {
    isPending: trial.isPending,
    isSuccess: trial.isSuccess,
    error: abort.current?.signal.aborted ? null : trial.error,
    version: trial.data?.version ?? '',
    warnings: trial.data?.warnings ?? [],
    run: (test: ConnectionTest) => trial.mutate(test),
    forget: () => {
      abort.current?.abort()
      trial.reset()
    },
  }
}

/** The form field that the server's error is about, when it names one. */
function namedField(error: unknown): string | null {
  if (!(error instanceof ApiError)) return null
  const { field } = (error.details ?? {}) as { field?: unknown }
  return typeof field === 'string' ? field : null
}
