/** What a list of names shows of one of them, and what it is found by. */
export interface ListedName {
  readonly id: string
  readonly text: string
  /** What tells it from others of that name; said in the whole list, and found as well. */
  readonly detail?: string
}

/** Those whose text holds every word that is looked for, whatever its case and accents. */
export function findNames<Item extends ListedName>(items: readonly Item[], search: string): readonly Item[] {
  const words = fold(search)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return items
  return items.filter(({ text, detail = '' }) => {
    const folded = fold(`${text} ${detail}`)
    return words.every((word) => folded.includes(word))
  })
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
