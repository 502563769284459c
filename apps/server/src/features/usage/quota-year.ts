/** The year in which usage is counted against quota and limits: its first and its last day, in UTC. */
export interface QuotaYear {
  readonly start: string
  readonly end: string
}

/** The quota year that holds a day. `resetsOn` is the last day of each year, such as `12-31`; the next day begins another. */
export function quotaYearOf(day: string, resetsOn: string): QuotaYear {
  const year = Number(day.slice(0, 4))
  const endYear = day.slice(5) <= resetsOn ? year : year + 1
  return { start: dayAfter(`${endYear - 1}-${resetsOn}`), end: `${endYear}-${resetsOn}` }
}

/** The day on which counting begins anew. */
export function dayAfter(day: string): string {
  return dayOf(new Date(Date.parse(day) + 86_400_000))
}

/** The day of a moment in UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

/** Whether the text, which has the form of a day, is one. */
export function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && dayOf(at) === text
}
