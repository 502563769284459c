import { canonicalJson } from '../../platform/cache/cache-key.ts'

/** What a list of named things gained, lost and says otherwise. */
export function compareNamed<Item>(current: readonly Item[], next: readonly Item[], nameOf: (item: Item) => string) {
  const before = new Map(current.map((item) => [nameOf(item), item]))
  const after = new Map(next.map((item) => [nameOf(item), item]))
  return {
    added: next.filter((item) => !before.has(nameOf(item))),
    removed: current.filter((item) => !after.has(nameOf(item))),
    changed: next.filter((item) => {
      const old = before.get(nameOf(item))
      return old !== undefined && canonicalJson(old) !== canonicalJson(item)
    }),
  }
}

/** The names that stand in a list more than once, whatever the case of their letters. */
export function findTwice(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => {
    const isSeen = seen.has(name.toLowerCase())
    seen.add(name.toLowerCase())
    return isSeen
  })
}
