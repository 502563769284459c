import type { ActivityFilter } from '@graticule/contract'
import { messages } from './messages.ts'

/** The groups of event types that the log can be narrowed to: the first part of the dotted type. */
export type ActivityGroup = keyof typeof messages.activityGroups

type ActivityOutcome = NonNullable<ActivityFilter['outcome']>

/** What the activity page keeps in its address. */
export interface ActivitySearch {
  readonly type?: ActivityGroup
  /** The id of a person. */
  readonly person?: string
  /** The id of an asset. */
  readonly asset?: string
  readonly outcome?: ActivityOutcome
  /** Days, such as 2026-03-01, in the time of whoever looks; the second one included. */
  readonly from?: string
  readonly to?: string
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseActivitySearch(raw: Record<string, unknown>): ActivitySearch {
  return {
    type: activityGroups().find((group) => group === raw.type),
    person: readText(raw.person, /^[\w-]{1,64}$/),
    asset: readText(raw.asset, /^[\w-]{1,64}$/),
    outcome: activityOutcomes().find((outcome) => outcome === raw.outcome),
    from: readDay(raw.from),
    to: readDay(raw.to),
  }
}

/** What the server is asked for. */
export function toActivityFilter({ asset, from, outcome, person, to, type }: ActivitySearch): ActivityFilter {
  return {
    ...(type && { type }),
    ...(asset && { assetId: asset }),
    ...(person && { userId: person }),
    ...(outcome && { outcome }),
    ...(from && { from: startOf(from, 0).toISOString() }),
    ...(to && { to: startOf(to, 1).toISOString() }),
  }
}

/** Whether anything narrows the log. */
export function isNarrowed(search: ActivitySearch): boolean {
  return Object.values(search).some((value) => value !== undefined)
}

/** Every group, in the order of the filter. */
export function activityGroups(): readonly ActivityGroup[] {
  return Object.keys(messages.activityGroups) as ActivityGroup[]
}

/** Every outcome, in the order of the filter. */
export function activityOutcomes(): readonly ActivityOutcome[] {
  return Object.keys(messages.activityOutcomes) as ActivityOutcome[]
}

function readText(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}

function readDay(value: unknown): string | undefined {
  const day = readText(value, /^\d{4}-\d{2}-\d{2}$/)
  return day !== undefined && !Number.isNaN(startOf(day, 0).getTime()) ? day : undefined
}

/** The first moment of a day, or of one so many days later, where the browser is. */
function startOf(day: string, daysLater: number): Date {
  const start = new Date(`${day}T00:00:00`)
  start.setDate(start.getDate() + daysLater)
  return start
}
