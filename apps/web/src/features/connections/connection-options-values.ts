import { CONNECTION_LIMITS, type ConnectionOptions, DEFAULT_CONNECTION_OPTIONS, type Makers } from '@graticule/contract'
import { messages } from './messages.ts'

/** What the form holds of the options: text where something is typed. */
export interface OptionValues {
  readonly maxConcurrentQueries: string
  readonly queryTimeoutSeconds: string
  readonly tempSchema: string
  readonly toolboxSchema: string
  readonly neverCache: boolean
  /** Empty: as its credential policy has it. */
  readonly exports: Makers | ''
}

export type TypedOption = Exclude<keyof OptionValues, 'neverCache' | 'exports'>

/** The options that are typed, in the order of the form. */
export const TYPED_OPTIONS: readonly TypedOption[] = [
  'maxConcurrentQueries',
  'queryTimeoutSeconds',
  'tempSchema',
  'toolboxSchema',
]

const BOUNDS = {
  maxConcurrentQueries: CONNECTION_LIMITS.concurrentQueries,
  queryTimeoutSeconds: CONNECTION_LIMITS.queryTimeoutSeconds,
} as const

/** The form's first values. */
export function optionValues(options: ConnectionOptions = DEFAULT_CONNECTION_OPTIONS): OptionValues {
  const text = (value: string | number | null) => (value === null ? '' : String(value))
  return {
    maxConcurrentQueries: text(options.maxConcurrentQueries),
    queryTimeoutSeconds: text(options.queryTimeoutSeconds),
    tempSchema: text(options.tempSchema),
    toolboxSchema: text(options.toolboxSchema),
    neverCache: options.neverCache,
    exports: options.exports ?? '',
  }
}

/** Option → why its text cannot be sent. */
export function optionErrors(values: OptionValues): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const name of ['maxConcurrentQueries', 'queryTimeoutSeconds'] as const) {
    const text = values[name].trim()
    const value = Number(text)
    const isInside = Number.isInteger(value) && value >= 1 && value <= BOUNDS[name]
    if (text !== '' && !isInside) errors[name] = messages.outOfBounds(BOUNDS[name])
  }
  for (const name of ['tempSchema', 'toolboxSchema'] as const) {
    const text = values[name].trim()
    if (text !== '' && !/^[a-z_][a-z0-9_]{0,62}$/.test(text)) errors[name] = messages.notASchema
  }
  return errors
}

/** The options as the server takes them: what is empty is as the server is set. */
export function toOptions(values: OptionValues): ConnectionOptions {
  const number = (text: string) => (text.trim() === '' ? null : Number(text))
  const word = (text: string) => (text.trim() === '' ? null : text.trim())
  return {
    maxConcurrentQueries: number(values.maxConcurrentQueries),
    queryTimeoutSeconds: number(values.queryTimeoutSeconds),
    tempSchema: word(values.tempSchema),
    toolboxSchema: word(values.toolboxSchema),
    neverCache: values.neverCache,
    exports: values.exports === '' ? null : values.exports,
  }
}
