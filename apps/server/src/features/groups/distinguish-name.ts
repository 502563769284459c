/** The longest name of a group. */
const MAX_LENGTH = 100

/**
 * The name of a group that comes from elsewhere: its own, and where that is taken with the origin behind it. Attempts
 * count from 1.
 */
export function distinguishName(name: string, origin: string, attempt: number): string {
  if (attempt === 1) return name.slice(0, MAX_LENGTH).trim()
  const suffix = attempt === 2 ? ` (${origin})` : ` (${origin} ${attempt - 1})`
  return `${name.slice(0, MAX_LENGTH - suffix.length).trim()}${suffix}`
}
