import { type Static, Type } from 'typebox'

// Activity data as CARTO exports it: jobs with a file for each category.

export const ACTIVITY_DATA_CATEGORIES = ['activity', 'apiUsage', 'userList', 'groupList'] as const
export type ActivityDataCategory = (typeof ACTIVITY_DATA_CATEGORIES)[number]
/** A job tells of fewer days than this. */
export const MAX_ACTIVITY_DATA_DAYS = 60

const Day = Type.String({ pattern: '^[12]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
const Category = Type.Enum([...ACTIVITY_DATA_CATEGORIES])
const Format = Type.Enum(['csv', 'parquet'] as const)

/** POST /activity-data-jobs. Days are in UTC, and both count. */
export const ActivityDataJobBody = Type.Object({
  startDate: Day,
  endDate: Type.Unsafe<string>({ ...Day, description: 'Yesterday at the latest, whose data is complete.' }),
  categories: Type.Array(Category, { minItems: 1, maxItems: 4, uniqueItems: true }),
  format: Type.Optional(Type.Unsafe<'csv' | 'parquet'>({ ...Format, description: 'csv unless given.' })),
})
export type ActivityDataJobBody = Static<typeof ActivityDataJobBody>

/** A job as whoever made it sees it. */
export const ActivityDataJob = Type.Object({
  jobId: Type.String(),
  status: Type.Enum(['success', 'cancelled', 'expired'] as const),
  startDate: Day,
  endDate: Day,
  categories: Type.Array(Category),
  format: Format,
  createdAt: Type.String(),
  /** When the addresses of the results stop working. */
  expiresAt: Type.String(),
  /** Empty once the job was cancelled or has expired. */
  results: Type.Array(Type.Object({ category: Category, url: Type.String() })),
})
export type ActivityDataJob = Static<typeof ActivityDataJob>
