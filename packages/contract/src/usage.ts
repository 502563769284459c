import { type Static, Type } from 'typebox'

// How much of the APIs people use, how much the organization means to, and how much each person and group may.

/** What usage is told by. */
export const USAGE_DIMENSIONS = ['day', 'person', 'group', 'metric', 'map'] as const
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number]

/** Stands for the visitors of public maps where usage names who asked. */
export const PUBLIC_USER = 'public'
/** The last day of the quota year unless an organization says otherwise. */
export const DEFAULT_RESETS_ON = '12-31'
/** How many people and groups have a limit at most. */
export const MAX_USAGE_LIMITS = 1_000
const MAX_UNITS = 1_000_000_000_000

const Day = Type.String({ pattern: '^[12]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
const Units = Type.Integer({ minimum: 0, maximum: MAX_UNITS })
const YearlyUnits = Type.Union([Units, Type.Null()], { description: 'Null: no quota.' })
/** A month and a day that every year has. */
const ResetsOn = Type.String({
  pattern: '^((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))$',
  description: 'The last day of the quota year, such as 12-31.',
})
const subject = {
  kind: Type.Enum(['user', 'group'] as const),
  id: Type.String({ minLength: 1, maxLength: 64 }),
}

/** Which part of the usage is asked for. Days are in UTC, and both count. */
export const UsagePeriod = Type.Object({
  from: Type.Optional(Type.Unsafe<string>({ ...Day, description: 'The start of the quota year unless given.' })),
  to: Type.Optional(Type.Unsafe<string>({ ...Day, description: 'Today unless given.' })),
})
export type UsagePeriod = Static<typeof UsagePeriod>
export const UsageQuery = Type.Object({
  by: Type.Optional(Type.Enum([...USAGE_DIMENSIONS], { description: 'day unless given.' })),
  ...UsagePeriod.properties,
})
export type UsageQuery = Static<typeof UsageQuery>

/** What was used of something, or by somebody. */
export const UsageRow = Type.Object({
  /** The day, the id of a person, group or map, or the metric; empty for requests about no map. */
  key: Type.String(),
  /** Its name; null where it has none, is gone, or may not be known. */
  name: Type.Union([Type.String(), Type.Null()]),
  requests: Type.Integer(),
  units: Type.Number(),
})
export type UsageRow = Static<typeof UsageRow>

/** How much a person or a group may use in a quota year. */
export const UsageLimit = Type.Object({
  ...subject,
  name: Type.String(),
  units: Units,
  used: Type.Number(),
})
export type UsageLimit = Static<typeof UsageLimit>

/** GET /v3/usage and /v3/usage/mine. */
export const UsageReport = Type.Object({
  by: Type.Enum([...USAGE_DIMENSIONS]),
  from: Day,
  to: Day,
  rows: Type.Array(UsageRow),
  /** False when there are more rows than are told; the CSV has all. */
  isComplete: Type.Boolean(),
  year: Type.Object({
    start: Day,
    end: Day,
    /** Of the organization, or of whoever asks. */
    used: Type.Number(),
    /** Soft: more than that is told to admins and refused to nobody. Null to those who see their own alone. */
    quota: YearlyUnits,
  }),
  /** Hard: of everybody who has one, or those that whoever asks is bound by. */
  limits: Type.Array(UsageLimit),
  resetsOn: ResetsOn,
  /** Grows by one with each change of quota and limits. */
  revision: Type.Integer(),
})
export type UsageReport = Static<typeof UsageReport>

/** PUT /workspace-api/organization/usage-limits */
export const UsageLimitsBody = Type.Object(
  {
    revision: Type.Integer({ minimum: 0 }),
    yearlyUnits: YearlyUnits,
    resetsOn: ResetsOn,
    limits: Type.Array(Type.Object({ ...subject, units: Units }, { additionalProperties: false }), {
      maxItems: MAX_USAGE_LIMITS,
    }),
  },
  { additionalProperties: false },
)
export type UsageLimitsBody = Static<typeof UsageLimitsBody>

/** The section of the settings document. */
export const UsageSection = Type.Object(
  {
    yearlyUnits: YearlyUnits,
    resetsOn: ResetsOn,
    people: Type.Array(
      Type.Object(
        { person: Type.String({ minLength: 1, maxLength: 254, description: 'An e-mail.' }), units: Units },
        { additionalProperties: false },
      ),
      { maxItems: MAX_USAGE_LIMITS },
    ),
    groups: Type.Array(
      Type.Object(
        { group: Type.String({ minLength: 1, maxLength: 200 }), units: Units },
        { additionalProperties: false },
      ),
      { maxItems: MAX_USAGE_LIMITS },
    ),
  },
  { additionalProperties: false },
)
export type UsageSection = Static<typeof UsageSection>
