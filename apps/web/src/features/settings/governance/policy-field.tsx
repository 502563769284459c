import { type GovernancePolicies, MAKERS, type Makers, VIEWER_TOKEN_SIGN_IN } from '@graticule/contract'
import { GOVERNANCE_POLICIES, type GovernancePolicyId } from '@graticule/policy'
import type { ProviderSummary } from '../../../api/connections.ts'
import { Group, NumberInput, Select, Stack, Switch, TagsInput, Text } from '../../../ui/index.ts'
import { messages } from './messages.ts'

interface PolicyFieldProps {
  readonly id: GovernancePolicyId
  readonly policies: GovernancePolicies
  readonly providers: readonly ProviderSummary[]
  readonly onChange: (changes: Partial<GovernancePolicies>) => void
}

/** One policy: what it is called, what it does, and its value. */
export function PolicyField(props: PolicyFieldProps) {
  const { title, effect } = GOVERNANCE_POLICIES[props.id]
  return (
    <Group justify="space-between" align="flex-start" gap="md">
      <div style={{ flex: '1 1 280px', minWidth: 0 }}>
        <Text fw={500}>{title}</Text>
        <Text size="xs" c="dimmed">
          {effect}
        </Text>
      </div>
      <div style={{ flex: '0 1 260px' }}>
        <PolicyValue {...props} />
      </div>
    </Group>
  )
}

function PolicyValue({ id, policies, providers, onChange }: PolicyFieldProps) {
  const { title } = GOVERNANCE_POLICIES[id]
  switch (id) {
    case 'connections.providers':
    case 'connections.sign-in': {
      const named =
        id === 'connections.providers'
          ? providers
          : [...providers.flatMap(({ signInMethods }) => signInMethods), VIEWER_TOKEN_SIGN_IN]
      return (
        <Stack gap={6}>
          {named.map((each) => (
            <MakersSelect
              key={each.id}
              label={each.label.charAt(0).toUpperCase() + each.label.slice(1)}
              value={policies[id][each.id] ?? 'editors'}
              onChange={(makers) => {
                const { [each.id]: _, ...others } = policies[id]
                onChange({ [id]: makers === 'editors' ? others : { ...others, [each.id]: makers } })
              }}
            />
          ))}
        </Stack>
      )
    }
    case 'tokens.lifetime':
      return (
        <NumberInput
          aria-label={title}
          description={messages.days}
          placeholder={messages.unlimited}
          min={1}
          max={3_650}
          allowDecimal={false}
          value={policies[id] ?? ''}
          onChange={(value) => onChange({ [id]: typeof value === 'number' ? value : null })}
        />
      )
    // Their place is Settings → Quotas.
    case 'maps.limit':
    case 'maps.public-limit':
    case 'applications.limit':
    case 'connections.soft-limit':
      return null
    case 'embeds.origins':
      return (
        <AnyOrOnly
          title={title}
          words={messages.sites}
          value={policies[id]}
          onChange={(sites) => onChange({ [id]: sites?.map((site) => site.trim().replace(/\/$/, '')) ?? null })}
        />
      )
    case 'people.addresses':
    case 'tokens.addresses':
      return (
        <AnyOrOnly
          title={title}
          words={messages.addresses}
          value={policies[id]}
          onChange={(lines) => onChange({ [id]: lines?.map((line) => line.trim()) ?? null })}
        />
      )
    case 'connections.viewer-credentials':
    case 'connections.owner-rights':
    case 'maps.public-password':
    case 'maps.public-viewer-credentials':
    case 'sharing.own-groups':
    case 'access.requests':
    case 'tokens.referers':
      return (
        <Switch
          aria-label={title}
          checked={policies[id]}
          onChange={(event) => onChange({ [id]: event.currentTarget.checked })}
        />
      )
    default:
      return <MakersSelect title={title} value={policies[id]} onChange={(makers) => onChange({ [id]: makers })} />
  }
}

/** Anything, or only what is entered. */
function AnyOrOnly(props: {
  title: string
  words: { readonly any: string; readonly only: string; readonly placeholder: string }
  value: string[] | null
  onChange: (value: string[] | null) => void
}) {
  const { title, words, value, onChange } = props
  return (
    <Stack gap={6}>
      <Select
        aria-label={title}
        allowDeselect={false}
        data={[
          { value: 'any', label: words.any },
          { value: 'only', label: words.only },
        ]}
        value={value === null ? 'any' : 'only'}
        onChange={(chosen) => onChange(chosen === 'any' ? null : [])}
      />
      {value !== null && (
        <TagsInput
          aria-label={`${title}: ${words.only}`}
          placeholder={words.placeholder}
          value={value}
          onChange={onChange}
        />
      )}
    </Stack>
  )
}

function MakersSelect(props: { label?: string; title?: string; value: Makers; onChange: (makers: Makers) => void }) {
  return (
    <Select
      label={props.label}
      aria-label={props.title}
      allowDeselect={false}
      data={MAKERS.map((makers) => ({ value: makers, label: messages.makers[makers] }))}
      value={props.value}
      onChange={(value) => props.onChange(MAKERS.find((makers) => makers === value) ?? props.value)}
    />
  )
}
