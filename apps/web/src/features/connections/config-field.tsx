import type { ProviderField } from '../../api/connections.ts'
import { CodeArea, PasswordInput, Select, TextInput } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** One field of a provider's form. */
export function ConfigField(props: {
  field: ProviderField
  value: string
  error: string | undefined
  /** Why the organization's policies forbid it; undefined when they do not. */
  rule?: string | undefined
  hasStoredSecrets: boolean
  onChange: (value: string) => void
}) {
  const { field, value, error, rule, onChange } = props
  const isKept = field.secret && props.hasStoredSecrets
  const common = {
    label: field.label,
    description: rule ?? (isKept ? messages.secretKept : field.help),
    disabled: rule !== undefined,
    placeholder: field.placeholder,
    required: field.required && !isKept && rule === undefined,
    error,
    value,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  }
  switch (field.kind) {
    case 'select':
      return (
        <Select
          {...common}
          data={(field.options ?? []).map((option) => ({ ...option }))}
          allowDeselect={!field.required}
          onChange={(choice) => onChange(choice ?? '')}
        />
      )
    case 'password':
      return (
        <PasswordInput {...common} autoComplete="new-password" onChange={(event) => onChange(event.target.value)} />
      )
    case 'textarea':
      return <CodeArea {...common} onChange={(event) => onChange(event.target.value)} />
    default:
      return (
        <TextInput
          {...common}
          inputMode={field.kind === 'number' ? 'numeric' : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
