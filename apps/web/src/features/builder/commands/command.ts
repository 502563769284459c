import type { MapConfig, MapDocument } from '@graticule/contract'
import { usedColumns } from '../../../map/used-columns.ts'

/** One edit of a map: a pure function from document to document. A command that changes nothing answers its input. */
export type Command = (document: MapDocument) => MapDocument

/** Builds a document with another configuration. */
export function withConfig(document: MapDocument, change: Partial<MapConfig>): MapDocument {
  const { keplerMapConfig } = document
  return { ...document, keplerMapConfig: { ...keplerMapConfig, config: { ...keplerMapConfig.config, ...change } } }
}

/** Replaces the entry with this id; the same list when none has it or nothing changes. */
export function replaceById<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  id: string,
  change: (entry: Entry) => Entry,
): Entry[] {
  let isChanged = false
  const next = entries.map((entry) => {
    if (entry.id !== id) return entry
    const changed = change(entry)
    isChanged ||= changed !== entry
    return changed
  })
  return isChanged ? next : (entries as Entry[])
}

/** Moves one entry to an index of the resulting list; the same list when it stays where it is. */
export function moveById<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  id: string,
  toIndex: number,
): Entry[] {
  const from = entries.findIndex((entry) => entry.id === id)
  const to = Math.max(0, Math.min(entries.length - 1, toIndex))
  if (from === -1 || from === to) return entries as Entry[]
  const next = [...entries]
  const [moved] = next.splice(from, 1)
  if (moved) next.splice(to, 0, moved)
  return next
}

/** Leaves out the keys that `isKept` refuses; the same record when all are kept. */
export function keepKeys<Value>(
  record: Readonly<Record<string, Value>>,
  isKept: (key: string) => boolean,
): Record<string, Value> {
  const kept = Object.entries(record).filter(([key]) => isKept(key))
  return kept.length === Object.keys(record).length ? (record as Record<string, Value>) : Object.fromEntries(kept)
}

/**
 * Applies a command, then brings each dataset's `columns` in line with what its layers show, so that tiles carry
 * what is drawn and nothing more.
 */
export function applyCommand(document: MapDocument, command: Command): MapDocument {
  const next = command(document)
  if (next === document) return document
  let isChanged = false
  const datasets = next.datasets.map((dataset) => {
    const used = usedColumns(next, dataset.id)
    // An empty list would say nothing, and saying nothing gives readers every column of the source.
    const columns = used.length > 0 ? used : dataset.geoColumn.replace(/^[^:]*:/, '').split(',')
    if (JSON.stringify(columns) === JSON.stringify(dataset.columns)) return dataset
    isChanged = true
    return { ...dataset, columns }
  })
  return isChanged ? { ...next, datasets } : next
}

/** Does several commands as one edit. */
export function inSequence(...commands: readonly Command[]): Command {
  return (document) => commands.reduce((current, command) => command(current), document)
}
