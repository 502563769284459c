import type { ProviderField } from '../../api/connections.ts'
import { messages } from './messages.ts'

/** What the form holds: text for every field of the provider. */
export type ConfigValues = Readonly<Record<string, string>>

/** The fields of a form, apart: what nearly everybody fills in, and what only some need. */
export interface FieldGroups {
  readonly main: readonly ProviderField[]
  readonly more: readonly ProviderField[]
}

/** Providers list what matters most first; from the first optional text area on, optional fields are for a few. */
export function groupFields(fields: readonly ProviderField[]): FieldGroups {
  const first = fields.findIndex(({ kind, required }) => kind === 'textarea' && !required)
  if (first === -1) return { main: fields, more: [] }
  const isMore = (field: ProviderField, index: number) => index >= first && !field.required
  return {
    main: fields.filter((field, index) => !isMore(field, index)),
    more: fields.filter(isMore),
  }
}

/** The rule for a connection's name, the same as the server's. */
const NAME = /^[a-z0-9][a-z0-9_-]{1,48}[a-z0-9]$/

/** Why a name cannot be used, or null. */
export function nameError(name: string): string | null {
  return NAME.test(name) ? null : messages.nameInvalid
}

/**
 * The form's first values: what is stored, or the provider's defaults for a new connection. What was left out when it was
 * stored stays empty, as saving the form must not change how to log in by itself. Secrets are never known here.
 */
export function initialValues(
  fields: readonly ProviderField[],
  stored?: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return Object.fromEntries(
    fields.map((field) => {
      const value = stored === undefined ? field.defaultValue : stored[field.name]
      return [field.name, field.secret ? '' : String(value ?? '')]
    }),
  )
}

/** Field name → why its text cannot be sent. A secret that is already stored may stay empty. */
export function configErrors(
  fields: readonly ProviderField[],
  values: ConfigValues,
  hasStoredSecrets: boolean,
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const text = (values[field.name] ?? '').trim()
    if (text === '') {
      if (field.required && !(field.secret && hasStoredSecrets)) errors[field.name] = messages.required(field.label)
    } else if (field.kind === 'number' && !Number.isFinite(Number(text))) {
      errors[field.name] = messages.notANumber(field.label)
    }
  }
  return errors
}

/** The configuration as the server takes it: numbers as numbers, empty fields left out, secrets exactly as typed. */
export function toConfig(fields: readonly ProviderField[], values: ConfigValues): Record<string, string | number> {
  const config: Record<string, string | number> = {}
  for (const field of fields) {
    const text = values[field.name] ?? ''
    if (text.trim() === '') continue
    if (field.kind === 'number') config[field.name] = Number(text)
    else config[field.name] = field.secret || field.kind === 'textarea' ? text : text.trim()
  }
  return config
}
