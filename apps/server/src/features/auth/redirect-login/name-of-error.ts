/** The code or name of a library's error, for the server's own log: its message and causes may hold tokens. */
export function nameOfError(error: unknown): string {
  return readText(error, 'code') ?? readText(error, 'name') ?? 'unknown'
}

/** A text among what an error carries; null when it has none of that name. */
export function readText(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null) return null
  const text = (value as Record<string, unknown>)[key]
  return typeof text === 'string' ? text : null
}
