/** An e-mail that a provider tells; null for what is none. */
export function readEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const text = value.trim()
  return text.length <= 254 && text.isWellFormed() && /^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(text) ? text : null
}

/** Text without control characters, trimmed and cut; null when nothing is left. */
export function readText(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string') return null
  const text = value
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed()
  return text === '' ? null : text
}
