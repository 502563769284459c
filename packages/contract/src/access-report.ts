import { type Static, Type } from 'typebox'
import { SHAREABLE_ASSET_KINDS } from './asset-kinds.ts'
import { RoleSchema } from './roles.ts'
import { ACCESS_WAYS, GroupName } from './sharing.ts'
import { Permission, UserSummary } from './workspace.ts'

const Kind = Type.Enum([...SHAREABLE_ASSET_KINDS])
const Id = Type.String({ minLength: 1, maxLength: 64 })
const Page = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }))
const PageSize = Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }))
const Day = Type.Union([Type.String({ format: 'date' }), Type.Null()])

const Way = Type.Object({
  path: Type.Enum([...ACCESS_WAYS]),
  groups: Type.Array(GroupName),
  /** Of the way through a project: which, as far as the asker may know. */
  projects: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
})

const ReportFilter = {
  path: Type.Optional(Type.Enum([...ACCESS_WAYS])),
  /** Part of a name, as far as the asker may know it. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
  /** Only what was not used within so many days. */
  unusedForDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
}
const Paging = { page: Page, pageSize: PageSize }

export const PersonReportParams = Type.Object({ id: Id })
export const PersonReportFilter = Type.Object({ kind: Type.Optional(Kind), ...ReportFilter })
export type PersonReportFilter = Static<typeof PersonReportFilter>
/** GET /v3/access/report/people/{id} */
export const PersonReportQuery = Type.Object({ kind: Type.Optional(Kind), ...ReportFilter, ...Paging })
export type PersonReportQuery = Static<typeof PersonReportQuery>

/** An asset as a report names it: without the name of what the asker may not open. */
export const ReportedAsset = Type.Object({
  kind: Kind,
  id: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  owner: Type.Union([UserSummary, Type.Null()]),
})
export type ReportedAsset = Static<typeof ReportedAsset>

const Person = Type.Intersect([UserSummary, Type.Object({ role: RoleSchema })])
const Watched = {
  total: Type.Integer(),
  /** Since when it is known who uses what. */
  recordedSince: Type.String({ format: 'date-time' }),
}
/** Everything that a person reaches. */
export const PersonReport = Type.Object({
  person: Person,
  assets: Type.Array(Type.Intersect([ReportedAsset, Type.Object({ paths: Type.Array(Way), lastUsedOn: Day })])),
  ...Watched,
})
export type PersonReport = Static<typeof PersonReport>

export const AssetReportParams = Type.Object({ kind: Kind, id: Id })
export type AssetReportParams = Static<typeof AssetReportParams>
export const AssetReportFilter = Type.Object(ReportFilter)
export type AssetReportFilter = Static<typeof AssetReportFilter>
/** GET /v3/access/report/assets/{kind}/{id} */
export const AssetReportQuery = Type.Object({ ...ReportFilter, ...Paging })
export type AssetReportQuery = Static<typeof AssetReportQuery>

/** Everybody who reaches an asset. */
export const AssetReport = Type.Object({
  asset: ReportedAsset,
  people: Type.Array(Type.Intersect([Person, Type.Object({ paths: Type.Array(Way), lastUsedOn: Day })])),
  ...Watched,
})
export type AssetReport = Static<typeof AssetReport>

export const UnusedGrantFilter = Type.Object({
  /** Not used within so many days; 90 unless given. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 730 })),
  kind: Type.Optional(Kind),
})
export type UnusedGrantFilter = Static<typeof UnusedGrantFilter>
/** GET /v3/access/unused-grants */
export const UnusedGrantQuery = Type.Intersect([UnusedGrantFilter, Type.Object(Paging)])
export type UnusedGrantQuery = Static<typeof UnusedGrantQuery>

/** One share of one asset, by whom it is with. */
export const GrantKey = Type.Object({
  kind: Kind,
  id: Id,
  audience: Type.Enum(['organization', 'group', 'user', 'public']),
  /** The id of the group or person; absent for the other audiences. */
  audienceId: Type.Optional(Id),
})
export type GrantKey = Static<typeof GrantKey>

/** A share by which nobody has come for long. */
export const UnusedGrant = Type.Object({
  asset: ReportedAsset,
  audience: GrantKey.properties.audience,
  audienceId: Type.Union([Type.String(), Type.Null()]),
  /** What the group or person is called; null for the other audiences. */
  audienceName: Type.Union([Type.String(), Type.Null()]),
  since: Type.String({ format: 'date-time' }),
  /** Null for one from before that was kept. */
  grantedBy: Type.Union([UserSummary, Type.Null()]),
  lastUsedOn: Day,
  /** Whether the asker may take it back, with the rule when not. */
  revoke: Permission,
})
export type UnusedGrant = Static<typeof UnusedGrant>

export const UnusedGrants = Type.Object({ grants: Type.Array(UnusedGrant), days: Type.Integer(), ...Watched })
export type UnusedGrants = Static<typeof UnusedGrants>
