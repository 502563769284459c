import type { TokenCreateBody } from '@graticule/contract'
import { describeGrantMistake, type TokenChoices } from '@graticule/policy'
import type { Static } from 'typebox'
import { messages } from './messages.ts'

/** A browser's clock may be ahead of the server's, and a token must not last longer than it may. */
const CLOCKS_DIFFER_MS = 300_000

/** A row of the grants in the form. */
export interface GrantRow {
  readonly connectionName: string
  readonly source: string
}

/** What the form of a new token holds. */
export interface TokenFormValues {
  readonly name: string
  readonly grants: readonly GrantRow[]
  readonly apis: readonly string[]
  readonly referers: readonly string[]
  /** Days from now, as text, or `never`. */
  readonly expiry: string
}

/** Field path → why it cannot be sent; empty when the form is good. Grants are named `grants.<row>`. */
export function tokenFormErrors(values: TokenFormValues, choices: TokenChoices): Record<string, string> {
  const errors: Record<string, string> = {}
  if (!values.name.trim()) errors.name = messages.nameMissing
  values.grants.forEach(({ connectionName, source }, row) => {
    const text = source.trim()
    if (!connectionName || !text) errors[`grants.${row}`] = messages.grantMissing
    else if (text === '*') {
      if (!choices.everything.allowed) errors[`grants.${row}`] = choices.everything.reason
    } else if (!isSource(text)) errors[`grants.${row}`] = messages.grantShape
  })
  if (values.apis.length === 0) errors.apis = messages.apisMissing
  if (values.referers.some((referer) => !isOrigin(referer))) errors.referers = messages.referersShape
  else if (values.referers.length === 0 && !choices.anySite.allowed) errors.referers = choices.anySite.reason
  return errors
}

/** The request for a new token. */
export function toTokenBody(values: TokenFormValues, now: Date): Static<typeof TokenCreateBody> {
  const days = values.expiry === 'never' ? null : Number(values.expiry)
  return {
    name: values.name.trim(),
    grants: values.grants.map(({ connectionName, source }) => ({
      connection_name: connectionName,
      source: source.trim(),
    })),
    allowed_apis: values.apis.filter((api) => api === 'maps' || api === 'sql'),
    referers: [...values.referers],
    expiration_date:
      days === null ? null : new Date(now.getTime() + days * 86_400_000 - CLOCKS_DIFFER_MS).toISOString(),
  }
}

/** `schema.table`, all tables of a schema, or what can be the name of a named source. */
function isSource(text: string): boolean {
  if (/^[a-z0-9][a-z0-9_-]{1,49}[a-z0-9]$/.test(text)) return true
  return /^[^.]+\.[^.]/.test(text) && describeGrantMistake(text) === null
}

/** How long a token may last, as the form offers it: what the policies forbid is there and cannot be chosen. */
export function listExpiries({ longestDays, endless }: TokenChoices) {
  const fits = (value: string) =>
    value === 'never' ? endless.allowed : longestDays === null || Number(value) <= longestDays
  const options = Object.entries(messages.expiry).map(([value, label]) => ({ value, label, disabled: !fits(value) }))
  if (longestDays === null || options.some(({ value }) => value === String(longestDays))) return options
  return [{ value: String(longestDays), label: messages.inDays(longestDays), disabled: false }, ...options].sort(
    (a, b) => (Number(a.value) || Number.POSITIVE_INFINITY) - (Number(b.value) || Number.POSITIVE_INFINITY),
  )
}

/** What is chosen to begin with: ninety days, or the longest that there may be. */
export function defaultExpiry(choices: TokenChoices): string {
  return choices.longestDays === null || choices.longestDays >= 90 ? '90' : String(choices.longestDays)
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  } catch {
    return false
  }
}
