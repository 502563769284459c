/** How long access can be granted for, in days; null: for good. */
export const GRANT_DAYS = { never: null, day: 1, week: 7, month: 30, quarter: 90 } as const
export type GrantLength = keyof typeof GRANT_DAYS

const DAY_MS = 24 * 60 * 60_000

/** When access that is granted now for that long ends; null: never. */
export function grantEnd(length: GrantLength, now: Date): Date | null {
  const days = GRANT_DAYS[length]
  return days === null ? null : new Date(now.getTime() + days * DAY_MS)
}

/** The length of that name; for good when there is none. */
export function readGrantLength(text: string | null): GrantLength {
  return (Object.keys(GRANT_DAYS) as GrantLength[]).find((length) => length === text) ?? 'never'
}
