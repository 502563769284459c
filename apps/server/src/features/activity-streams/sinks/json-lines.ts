import type { StreamedEvent } from './sink.ts'

/** Events as lines of JSON. */
export function toJsonLines(events: readonly StreamedEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

/** Names the file of these events: the same ones have the same name, so that a second try leaves no second file. */
export function nameFile(events: readonly StreamedEvent[]): string {
  const [first] = events
  const last = events.at(-1)
  if (first === undefined || last === undefined) throw new Error('There is no file of no events.')
  const pad = (seq: string) => seq.padStart(12, '0')
  return `${first.organizationId ?? 'installation'}/${pad(first.seq)}-${pad(last.seq)}.jsonl`
}
