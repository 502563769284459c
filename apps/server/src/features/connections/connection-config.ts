import { AppError } from '@graticule/contract'
import type { Provider } from '@graticule/warehouses'
import { Value } from 'typebox/value'
import { firstMistake } from '../../http/wire-parameters.ts'

/** A connection's configuration, taken apart by whether it may ever be shown again. */
export interface SplitConfig {
  readonly visible: Record<string, unknown>
  readonly secret: Record<string, unknown>
  /** The names of the secrets that are said to be null: they are to be forgotten. */
  readonly removed: readonly string[]
}

/** Takes the fields that the provider marks secret out of a configuration. */
export function splitConfig(provider: Provider, config: Readonly<Record<string, unknown>>): SplitConfig {
  const secretNames = new Set(provider.configFields.filter((field) => field.secret).map((field) => field.name))
  const visible: Record<string, unknown> = {}
  const secret: Record<string, unknown> = {}
  const removed: string[] = []
  for (const [name, value] of Object.entries(config)) {
    if (value === null && secretNames.has(name)) removed.push(name)
    if (value === undefined || value === null) continue
    if (!secretNames.has(name)) visible[name] = value
    // An empty password field of a form means "unchanged", not "no password".
    else if (value !== '') secret[name] = value
  }
  return { visible, secret, removed }
}

/** Throws a sentence that names the field when the configuration is not what the provider takes. */
export function checkConfig(provider: Provider, config: Readonly<Record<string, unknown>>): void {
  for (const field of provider.configFields) {
    const value = config[field.name]
    if (field.required && (value === undefined || value === null || value === '')) {
      throw new AppError('invalid_request', `Fill in "${field.label}".`, { details: { field: field.name } })
    }
  }
  // A socket folder is a door on the server's own machine, behind which its own metadata may live unguarded.
  if (typeof config.host === 'string' && /^[/\\@]/.test(config.host)) {
    throw new AppError(
      'invalid_request',
      'Give the name or address of a host; sockets of the server itself are not open to connections.',
      {
        details: { field: 'host' },
      },
    )
  }
  if (Value.Check(provider.configSchema, config)) return
  const mistake = firstMistake(provider.configSchema, config)
  throw new AppError('invalid_request', `The settings of the connection are not valid ${mistake}`)
}
