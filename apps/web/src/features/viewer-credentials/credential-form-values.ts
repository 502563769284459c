import type { MyCredentials } from '@graticule/contract'
import { messages } from './messages.ts'

type Fields = MyCredentials['fields']

/** What is wrong with each field before anything is sent; fields that may stay empty may. */
export function credentialErrors(fields: Fields, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    fields
      .filter(({ name, required }) => required && (values[name] ?? '').trim() === '')
      .map(({ name, label }) => [name, messages.required(label)]),
  )
}

/** The login as it is sent: by the fields that were filled in, secrets exactly as they were typed. */
export function toLogin(fields: Fields, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap(({ name, secret }) => {
      const value = values[name] ?? ''
      const sent = secret ? value : value.trim()
      return sent === '' ? [] : [[name, sent]]
    }),
  )
}
