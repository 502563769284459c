/** How long access can be granted for, in days; null: for good. */
export const GRANT_DAYS = { day: 1, week: 7, month: 30, quarter: 90, never: null } as const
export type GrantLength = keyof typeof GRANT_DAYS

/** What is granted unless the owner chooses otherwise: long enough for a piece of work, and it ends by itself. */
export const USUAL_LENGTH: GrantLength = 'month'

const DAY_MS = 24 * 60 * 60_000

/** When access that is granted now for that long ends; null: never. */
export function grantEnd(length: GrantLength, now: Date): Date | null {
  const days = GRANT_DAYS[length]
  return days === null ? null : new Date(now.getTime() + days * DAY_MS)
}

/** The length of that name; the usual one when there is none. */
export function readGrantLength(text: string | null): GrantLength {
  return (Object.keys(GRANT_DAYS) as GrantLength[]).find((length) => length === text) ?? USUAL_LENGTH
}
