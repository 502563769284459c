import type { MyCredentials } from '@graticule/contract'
import { PasswordField, TextInput } from '../../ui/index.ts'
import { messages } from './messages.ts'

interface LoginFieldsProps {
  readonly fields: MyCredentials['fields']
  readonly values: Readonly<Record<string, string>>
  readonly errors: Readonly<Record<string, string>>
  readonly disabled?: boolean
  /** Whether the dialog begins with them. */
  readonly isFirst?: boolean
  readonly onEdit: (name: string, value: string) => void
}

/** What a database login consists of, as its provider says. */
export function LoginFields({ fields, values, errors, disabled = false, isFirst = false, onEdit }: LoginFieldsProps) {
  return fields.map(({ label, name, required, secret }, index) => {
    const common = {
      ...{ label, required, disabled, maxLength: 10_000 },
      'data-autofocus': (isFirst && index === 0) || undefined,
      error: errors[name],
      value: values[name] ?? '',
    }
    return secret ? (
      <PasswordField
        key={name}
        {...common}
        autoComplete="new-password"
        capsLockMessage={messages.capsLock}
        onChange={(event) => onEdit(name, event.currentTarget.value)}
      />
    ) : (
      <TextInput
        key={name}
        {...common}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onEdit(name, event.currentTarget.value)}
      />
    )
  })
}
