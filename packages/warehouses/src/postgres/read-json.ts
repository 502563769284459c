import type { RunningStatement } from './driver.ts'

/** Runs a statement that answers one cell of JSON. Reading a catalogue so needs no list of columns twice. */
export async function readJson<Answer>(
  { query }: RunningStatement,
  text: string,
  values: readonly unknown[] = [],
): Promise<Answer> {
  const { rows } = await query(text, values)
  return JSON.parse(rows[0]?.[0] ?? 'null') as Answer
}
