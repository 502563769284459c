import type { SettingsDifference } from '@graticule/contract'
import { canonicalJson } from '../../platform/cache/cache-key.ts'

/** What the items of a list are told apart by, the first that all of them have. */
const KEYS = ['id', 'name', 'group'] as const

/** Every value that two states say otherwise, with the path to it. */
export function listDifferences(path: string, from: unknown, to: unknown): SettingsDifference[] {
  if (canonicalJson([from]) === canonicalJson([to])) return []
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    return keys.flatMap((key) => listDifferences(`${path}.${key}`, from[key], to[key]))
  }
  const before = indexItems(from)
  const after = indexItems(to)
  if (before === null || after === null) return [{ path, from, to }]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const found = names.flatMap((name) =>
    listDifferences(`${path}[${JSON.stringify(name)}]`, before.get(name), after.get(name)),
  )
  // The same items in another order.
  return found.length > 0 ? found : [{ path, from: [...before.keys()], to: [...after.keys()] }]
}

/** The items of a list by their names; null when they have none, or share one. */
function indexItems(value: unknown): Map<string, unknown> | null {
  if (!Array.isArray(value)) return null
  const key = KEYS.find((candidate) => value.every((item) => isRecord(item) && typeof item[candidate] === 'string'))
  if (key === undefined) return null
  const items = new Map(value.map((item: Record<string, unknown>) => [String(item[key]), item]))
  return items.size === value.length ? items : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
