import { messages } from './messages.ts'

/** The groups of event types that the log can be narrowed to: the first part of the dotted type. */
export type ActivityGroup = keyof typeof messages.activityGroups

/** What the activity page keeps in its address. */
export interface ActivitySearch {
  readonly type?: ActivityGroup
}

/** Reads the search parameters; an unknown type is dropped. */
export function parseActivitySearch(raw: Record<string, unknown>): ActivitySearch {
  return { type: activityGroups().find((group) => group === raw.type) }
}

/** Every group, in the order of the filter. */
export function activityGroups(): readonly ActivityGroup[] {
  return Object.keys(messages.activityGroups) as ActivityGroup[]
}
