import type { ClaimedGroup } from '../groups/claimed-groups.ts'

/** More groups than anybody is in; a longer list is taken for a mistake. */
const MAX_GROUPS = 1000
const MAX_LENGTH = 255

/**
 * The groups in a value that an identity provider sent: a list of texts, or a single one. Null when the value is not
 * there or is not understood, which is no information: a list that is half understood would take rights away.
 */
export function readClaimedGroups(value: unknown): ClaimedGroup[] | null {
  const values = typeof value === 'string' ? [value] : value
  if (!Array.isArray(values) || values.length > MAX_GROUPS) return null
  const names = new Set<string>()
  for (const item of values as readonly unknown[]) {
    if (typeof item !== 'string') return null
    const name = item.trim()
    if (name.length > MAX_LENGTH || !name.isWellFormed() || /\p{Cc}/u.test(name)) return null
    if (name !== '') names.add(name)
  }
  return [...names].map((name) => ({ id: name, name }))
}

/** The claim of a name; where there is none, the value at the path that the name spells with dots. */
export function findClaim(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[part]
  }
  return value
}
