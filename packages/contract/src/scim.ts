import { type Static, Type } from 'typebox'
import { UserSummary } from './workspace.ts'

// SCIM: what admins set up, and the bodies that directories send and get (RFC 7643 and 7644).

const Timestamp = Type.String({ format: 'date-time' })

/** A token that a directory comes with; the token itself is told once. */
export const ScimTokenSummary = Type.Object({
  id: Type.String(),
  /** Its first characters. */
  prefix: Type.String(),
  createdBy: Type.String(),
  createdAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
})
export type ScimTokenSummary = Static<typeof ScimTokenSummary>

/** GET /workspace-api/scim */
export const ScimSettings = Type.Object({
  /** To be entered in the directory, which adds `/Users` and `/Groups`. */
  baseUrl: Type.String(),
  /** The identity provider that signs in those whom the directory adds. */
  providerId: Type.Union([Type.String(), Type.Null()]),
  /** Whether an admin states that the directory vouches for the e-mails that it tells. */
  emailsVerified: Type.Boolean(),
  /** Who receives what people own whom the directory deletes; null: the oldest admin. */
  custodian: Type.Union([UserSummary, Type.Null()]),
  tokens: Type.Array(ScimTokenSummary),
  lastSyncAt: Type.Union([Timestamp, Type.Null()]),
  counts: Type.Object({ active: Type.Integer(), inactive: Type.Integer(), groups: Type.Integer() }),
  /** The last requests that were refused, the newest first. */
  refusals: Type.Array(
    Type.Object({ at: Timestamp, request: Type.String(), status: Type.Integer(), detail: Type.String() }),
  ),
})
export type ScimSettings = Static<typeof ScimSettings>

export const ScimSettingsBody = Type.Object({
  providerId: Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()]),
  emailsVerified: Type.Optional(
    Type.Boolean({
      description:
        'That nobody gets an e-mail in the directory that is not theirs, so that those whom it adds take the invitation that waits for it. Left out: as it was.',
    }),
  ),
})
export type ScimSettingsBody = Static<typeof ScimSettingsBody>

export const ScimTokenBody = Type.Object({
  replacedId: Type.Optional(
    Type.String({ maxLength: 64, description: 'A token that ends in the moment in which the new one begins.' }),
  ),
})
export const ScimTokenCreated = Type.Object({
  id: Type.String(),
  token: Type.String({ description: 'Told this once.' }),
})
export type ScimTokenCreated = Static<typeof ScimTokenCreated>

/** A resource, a list of them, or a request about them, as the RFCs describe it. */
export const ScimBody = Type.Record(Type.String(), Type.Unknown())
export const ScimListQuery = Type.Object({
  filter: Type.Optional(Type.String({ maxLength: 4000 })),
  startIndex: Type.Optional(Type.String({ maxLength: 20 })),
  count: Type.Optional(Type.String({ maxLength: 20 })),
  attributes: Type.Optional(Type.String({ maxLength: 2000 })),
  excludedAttributes: Type.Optional(Type.String({ maxLength: 2000 })),
})
/** The schema of what a refusal of ours says besides the error of RFC 7644, which leaves bodies open for extensions. */
export const SCIM_REFUSAL_SCHEMA = 'urn:graticule:params:scim:api:messages:2.0:Refusal'
export const ScimErrorBody = Type.Object({
  schemas: Type.Array(Type.String()),
  status: Type.String({ description: 'The HTTP status, as a text.' }),
  scimType: Type.Optional(Type.String()),
  detail: Type.String(),
  [SCIM_REFUSAL_SCHEMA]: Type.Optional(
    Type.Object(
      {
        rule: Type.String({ description: 'The rule by which it is refused; docs/refusals.md lists them.' }),
        decisionId: Type.Optional(
          Type.String({ description: 'Of 403: under which the operator finds in the log what was decided.' }),
        ),
      },
      { description: 'Of 403, 409 and 422.' },
    ),
  ),
})
