import { type Static, Type } from 'typebox'

const Timestamp = Type.String({ format: 'date-time' })

/** From the worst to the best. */
export const POSTURE_SEVERITIES = ['red', 'amber', 'green'] as const
export type PostureSeverity = (typeof POSTURE_SEVERITIES)[number]
const Severity = Type.Enum([...POSTURE_SEVERITIES])

/** One thing that was looked at in a warehouse, in one sentence. */
export const PostureFinding = Type.Object({
  /** What was looked for, such as `superuser` or `owner-view`; the same in every report. */
  rule: Type.String(),
  severity: Severity,
  sentence: Type.String(),
  /** The table, view, function or role that it is about; null for the login or the connection as a whole. */
  object: Type.Union([Type.String(), Type.Null()]),
  /** The SQL that mends it; null where nothing is to be mended, or SQL cannot. */
  remedy: Type.Union([Type.String(), Type.Null()]),
  /** Rows that the login is shown through the object, and rows that its own rights allow; null where nothing was counted. */
  observed: Type.Union([
    Type.Object({ shown: Type.Number(), allowed: Type.Union([Type.Number(), Type.Null()]) }),
    Type.Null(),
  ]),
})
export type PostureFinding = Static<typeof PostureFinding>

/** A table that the login reads, and what row-level security does for it there. */
export const PostureTable = Type.Object({
  name: Type.String(),
  isOwned: Type.Boolean(),
  hasRowSecurity: Type.Boolean(),
  /** Policies hold for the owner too. */
  isForced: Type.Boolean(),
  /** Policies hold for this login. */
  isActive: Type.Boolean(),
})
export type PostureTable = Static<typeof PostureTable>

/** What a login can do in its warehouse that a viewer's login should not. */
export const PostureReport = Type.Object({
  /** The worst of the findings. */
  severity: Severity,
  login: Type.String(),
  serverVersion: Type.String(),
  isEncrypted: Type.Boolean(),
  findings: Type.Array(PostureFinding),
  tables: Type.Array(PostureTable),
  /** Findings and tables beyond what a report lists. */
  omittedCount: Type.Integer(),
})
export type PostureReport = Static<typeof PostureReport>

/** `embedded`: the warehouse that the server runs itself, which has one login and nothing to check. */
export const POSTURE_STATES = ['unchecked', 'checking', 'checked', 'failed', 'embedded'] as const

/** The last report on a connection's login, and what became of the last check. */
export const ConnectionPosture = Type.Object({
  state: Type.Enum([...POSTURE_STATES]),
  checkedAt: Type.Union([Timestamp, Type.Null()]),
  report: Type.Union([PostureReport, Type.Null()]),
  /** Why the last check could not be made; the report is then of an earlier one. */
  failure: Type.Union([Type.String(), Type.Null()]),
})
export type ConnectionPosture = Static<typeof ConnectionPosture>

/** What a connection is for, as far as the rights of its login go. */
export const GRANT_PURPOSES = ['view-maps', 'run-sql', 'write-back', 'tilesets'] as const
export type GrantPurpose = (typeof GRANT_PURPOSES)[number]

/** A right that the login lacks or should not have, and the SQL that gives or takes it. */
export const GrantDifference = Type.Object({
  privilege: Type.String(),
  object: Type.String(),
  sentence: Type.String(),
  remedy: Type.String(),
})
export type GrantDifference = Static<typeof GrantDifference>

/** The rights that a login needs for a purpose in some schemas, and how far it is from having exactly those. */
export const GrantReport = Type.Object({
  login: Type.String(),
  database: Type.String(),
  /** All that the login needs, whether it has it or not. */
  script: Type.String(),
  missing: Type.Array(GrantDifference),
  excess: Type.Array(GrantDifference),
  /** The schemas of the database, to choose among. */
  availableSchemas: Type.Array(Type.String()),
})
export type GrantReport = Static<typeof GrantReport>

/** A host and port that the server of this workspace must be able to reach. */
export const EgressTarget = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  protocol: Type.Literal('tcp'),
  purpose: Type.String(),
})
export type EgressTarget = Static<typeof EgressTarget>

export const GrantCheckBody = Type.Object({
  purpose: Type.Enum([...GRANT_PURPOSES]),
  schemas: Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { maxItems: 50 }),
})
export const ConnectionGrants = Type.Object({ ...GrantReport.properties, egress: Type.Array(EgressTarget) })
export type ConnectionGrants = Static<typeof ConnectionGrants>
