const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** A moment as people say it: "3 hours ago", "in 2 days", "just now". */
export function formatRelativeTime(moment: Date, now: Date): string {
  const seconds = (moment.getTime() - now.getTime()) / 1_000
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return 'just now'
}

/** The same moment to the second, in the reader's own time zone. */
export function formatExactTime(moment: Date): string {
  return exact.format(moment)
}
