import type { TokenCreateBody } from '@graticule/contract'
import type { Static } from 'typebox'
import { messages } from './messages.ts'

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
  readonly expiry: keyof typeof messages.expiry
}

/** Field path → why it cannot be sent; empty when the form is good. Grants are named `grants.<row>`. */
export function tokenFormErrors(values: TokenFormValues): Record<string, string> {
  const errors: Record<string, string> = {}
  if (!values.name.trim()) errors.name = messages.nameMissing
  values.grants.forEach(({ connectionName, source }, row) => {
    const text = source.trim()
    if (!connectionName || !text) errors[`grants.${row}`] = messages.grantMissing
    else if (text !== '*' && !/^[^.]+\.[^.]/.test(text)) errors[`grants.${row}`] = messages.grantShape
  })
  if (values.apis.length === 0) errors.apis = messages.apisMissing
  if (values.referers.some((referer) => !isOrigin(referer))) errors.referers = messages.referersShape
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
    expiration_date: days === null ? null : new Date(now.getTime() + days * 86_400_000).toISOString(),
  }
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  } catch {
    return false
  }
}
