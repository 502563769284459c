import { type Static, type TSchema, Type } from 'typebox'
import {
  Branding,
  CustomBasemap,
  CustomMarker,
  CustomPalette,
  MAX_BASEMAPS,
  MAX_MARKERS,
  MAX_PALETTES,
} from './customization.ts'
import { DEFAULT_AUDIENCES, GovernancePolicies } from './governance.ts'
import { NetworkSection } from './network.ts'
import { PlanVersion } from './plan-version.ts'
import { MAPPABLE_ROLES, RoleSchema } from './roles.ts'
import { UsageSection } from './usage.ts'
import { DEFAULT_ROLES, SESSION_LIMITS } from './workspace.ts'

// The settings of an organization as one document, for people who keep them in files and apply them with a program.

const strict = { additionalProperties: false } as const
const minutesWithin = ({ least, most }: { least: number; most: number }) =>
  Type.Union([Type.Integer({ minimum: least, maximum: most }), Type.Null()])

/** The name of the organization and what it decides about its people. */
export const GeneralSettings = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^\\S(.*\\S)?$' }),
    defaultRole: Type.Enum([...DEFAULT_ROLES]),
    secondFactorRequired: Type.Boolean(),
    takesJoinRequests: Type.Boolean(),
    /** Null: as the server is set. */
    sessionIdleMinutes: minutesWithin(SESSION_LIMITS.idleMinutes),
    sessionAbsoluteMinutes: minutesWithin(SESSION_LIMITS.absoluteMinutes),
  },
  strict,
)
export type GeneralSettings = Static<typeof GeneralSettings>

/** Which roles follow from which groups, by the names of the groups. */
export const RoleMappingDocument = Type.Object(
  {
    enabled: Type.Boolean(),
    defaultRole: Type.Enum([...DEFAULT_ROLES]),
    /** The e-mail of the asset custodian. */
    custodian: Type.Union([Type.String({ minLength: 1, maxLength: 254 }), Type.Null()]),
    groups: Type.Array(
      Type.Object(
        { group: Type.String({ minLength: 1, maxLength: 200 }), role: Type.Enum([...MAPPABLE_ROLES]) },
        strict,
      ),
      { maxItems: 500 },
    ),
  },
  strict,
)
export type RoleMappingDocument = Static<typeof RoleMappingDocument>

const GroupNames = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100, uniqueItems: true })
const DefaultByName = Type.Optional(
  Type.Object({ audience: Type.Enum([...DEFAULT_AUDIENCES]), groups: GroupNames, locked: Type.Boolean() }, strict),
)
/** Whom new assets of each kind are shared with, by the names of groups. */
export const DefaultsByName = Type.Object(
  { map: DefaultByName, connection: DefaultByName, workflow: DefaultByName, application: DefaultByName },
  strict,
)
export type DefaultsByName = Static<typeof DefaultsByName>

/** What the organization forbids from now on, and shares by default. */
export const GovernanceSection = Type.Object(
  {
    policies: GovernancePolicies,
    sharingDefaults: Type.Object(
      {
        organization: DefaultsByName,
        /** Of what the members of a group make. */
        groups: Type.Array(
          Type.Object({ group: Type.String({ minLength: 1, maxLength: 200 }), defaults: DefaultsByName }, strict),
          { maxItems: 500 },
        ),
      },
      strict,
    ),
  },
  strict,
)
export type GovernanceSection = Static<typeof GovernanceSection>

/** What somebody is expected to be allowed, or not. Exactly one of person, role and group says who. */
export const ExpectedAccess = Type.Object(
  {
    person: Type.Optional(Type.String({ minLength: 1, maxLength: 254, description: 'An e-mail.' })),
    role: Type.Optional(RoleSchema),
    group: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'The name of a group: everybody in it.' }),
    ),
    action: Type.String({ minLength: 1, maxLength: 60 }),
    asset: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'A kind and an id, such as map:5f0c…' }),
    ),
    allowed: Type.Boolean(),
  },
  strict,
)
export type ExpectedAccess = Static<typeof ExpectedAccess>

/** The schema of each section. A section that a document leaves out stays as it is. */
export const SETTINGS_SECTIONS = {
  general: GeneralSettings,
  roleMapping: RoleMappingDocument,
  governance: GovernanceSection,
  network: NetworkSection,
  usage: UsageSection,
  branding: Branding,
  palettes: Type.Array(CustomPalette, { maxItems: MAX_PALETTES }),
  basemaps: Type.Array(CustomBasemap, { maxItems: MAX_BASEMAPS }),
  markers: Type.Array(CustomMarker, { maxItems: MAX_MARKERS }),
  expectedAccess: Type.Array(ExpectedAccess, { maxItems: 500 }),
} as const satisfies Record<string, TSchema>
export type SectionName = keyof typeof SETTINGS_SECTIONS
export type SectionValue<Name extends SectionName> = Static<(typeof SETTINGS_SECTIONS)[Name]>
export const SECTION_NAMES = Object.keys(SETTINGS_SECTIONS) as SectionName[]

/** The version of the document's form. */
export const SETTINGS_DOCUMENT_VERSION = 1
/** A document as people write it: any of the sections. */
export type SettingsDocument = { readonly version: typeof SETTINGS_DOCUMENT_VERSION } & {
  readonly [Name in SectionName]?: SectionValue<Name>
}
export const SettingsDocument: TSchema = Type.Object(
  {
    version: Type.Literal(SETTINGS_DOCUMENT_VERSION),
    ...Object.fromEntries(Object.entries(SETTINGS_SECTIONS).map(([name, schema]) => [name, Type.Optional(schema)])),
  },
  strict,
)

/** The digest of each section as it was read; a section that has changed since has another one. */
export const SectionRevisions = Type.Record(Type.String(), Type.String({ maxLength: 100 }))
export type SectionRevisions = Static<typeof SectionRevisions>

export const SETTINGS_FORMATS = ['json', 'yaml'] as const
export const SettingsReadQuery = Type.Object({
  format: Type.Optional(Type.Enum([...SETTINGS_FORMATS], { description: 'YAML unless said otherwise.' })),
})
/** GET /workspace-api/settings */
export const SettingsText = Type.Object({
  document: Type.Unsafe<SettingsDocument>({ type: 'object', description: 'The document as a value.' }),
  text: Type.String({ description: 'The document as text.' }),
  revisions: SectionRevisions,
})
export type SettingsText = Static<typeof SettingsText>

export const SettingsPlanBody = Type.Object({
  text: Type.String({ maxLength: 1_900_000, description: 'A document in YAML or JSON.' }),
})
export type SettingsPlanBody = Static<typeof SettingsPlanBody>

/** One value that a document says otherwise than the settings; undefined where there is none. */
export const SettingsDifference = Type.Object({
  path: Type.String({ description: 'Such as `general.name` or `palettes["Corporate"].colors`.' }),
  from: Type.Optional(Type.Unknown()),
  to: Type.Optional(Type.Unknown()),
})
export type SettingsDifference = Static<typeof SettingsDifference>

/** What becomes of somebody or something when a document is applied. */
export const SettingsEffect = Type.Object({
  kind: Type.Enum(['gain', 'loss', 'change'] as const),
  section: Type.String(),
  /** Whom or what it is about, by name; null for the organization as a whole. */
  name: Type.Union([Type.String(), Type.Null()]),
  sentence: Type.String(),
})
export type SettingsEffect = Static<typeof SettingsEffect>

/** What applying a document would do. */
export const SettingsPlan = Type.Object({
  differences: Type.Array(SettingsDifference),
  effects: Type.Array(SettingsEffect),
  /** Why it cannot be applied as it is, a sentence each. */
  problems: Type.Array(Type.String()),
  /** Of the sections that the document names, as they are now. */
  revisions: SectionRevisions,
  /** Of this very plan. */
  version: Type.String(),
})
export type SettingsPlan = Static<typeof SettingsPlan>

/** POST /workspace-api/organization/plan: what a change of the organization would do. */
export const OrganizationPlan = Type.Pick(SettingsPlan, ['effects', 'problems', 'version'])
export type OrganizationPlan = Static<typeof OrganizationPlan>

export const SettingsApplyBody = Type.Object({
  text: SettingsPlanBody.properties.text,
  base: Type.Record(Type.String(), Type.String({ maxLength: 100 }), {
    description: 'The revisions that were read of the sections that the document names.',
  }),
  planVersion: PlanVersion,
})
export type SettingsApplyBody = Static<typeof SettingsApplyBody>

export const SettingsTestBody = Type.Object({
  text: Type.Optional(SettingsPlanBody.properties.text),
})
/** What became of one expectation. */
export const AccessTestResult = Type.Object({
  expected: ExpectedAccess,
  passed: Type.Boolean(),
  /** Who was asked about, and what was decided; empty when there was nobody or nothing to ask about. */
  decisions: Type.Array(Type.Object({ name: Type.String(), allowed: Type.Boolean(), reason: Type.String() })),
  /** Why it could not be asked at all. */
  problem: Type.Union([Type.String(), Type.Null()]),
})
export type AccessTestResult = Static<typeof AccessTestResult>
export const AccessTestReport = Type.Object({
  passed: Type.Integer(),
  failed: Type.Integer(),
  results: Type.Array(AccessTestResult),
})
export type AccessTestReport = Static<typeof AccessTestReport>
