import { type Static, Type } from 'typebox'
import { UserSummary } from './workspace.ts'

// Support access: people from outside who are let in for a time, and what becomes of them.

const Timestamp = Type.String({ format: 'date-time' })

/** For how many days support access can be enabled. */
export const SUPPORT_DAYS = [1, 7, 30, 90, 180] as const
export type SupportDays = (typeof SUPPORT_DAYS)[number]

/** How far it can reach: at most as an admin, and less what support access leaves out. */
export const SUPPORT_ROLES = ['admin', 'editor', 'viewer'] as const
export type SupportRole = (typeof SUPPORT_ROLES)[number]

export const SUPPORT_STATES = ['active', 'expired', 'revoked'] as const
export type SupportState = (typeof SUPPORT_STATES)[number]

/** Somebody who is, or was, here by a grant. */
export const SupportPerson = Type.Intersect([
  UserSummary,
  Type.Object({
    /** Null for somebody who never signed in. */
    lastSeenAt: Type.Union([Timestamp, Type.Null()]),
    /** How many maps, connections, workflows, applications and projects they own. */
    ownedCount: Type.Integer(),
    /** Until when their latest link can be used; null once it was, or is too old. */
    linkExpiresAt: Type.Union([Timestamp, Type.Null()]),
  }),
])
export type SupportPerson = Static<typeof SupportPerson>

/** One time that support access was enabled. A longer one is another grant with a record of its own. */
export const SupportGrant = Type.Object({
  id: Type.String(),
  role: Type.Enum([...SUPPORT_ROLES]),
  reason: Type.String(),
  state: Type.Enum([...SUPPORT_STATES]),
  enabledBy: UserSummary,
  createdAt: Timestamp,
  expiresAt: Timestamp,
  /** When it ended; null while it is active. */
  endedAt: Type.Union([Timestamp, Type.Null()]),
  /** Who revoked it; null for one that is active or expired. */
  endedBy: Type.Union([UserSummary, Type.Null()]),
  /** Who received what its people owned; null while it is active. */
  receiver: Type.Union([UserSummary, Type.Null()]),
  people: Type.Array(SupportPerson),
})
export type SupportGrant = Static<typeof SupportGrant>

/** GET /workspace-api/support-access: the active one first, then the latest. */
export const SupportGrantList = Type.Object({ grants: Type.Array(SupportGrant) })
export type SupportGrantList = Static<typeof SupportGrantList>

export const SupportEnableBody = Type.Object({
  days: Type.Enum([...SUPPORT_DAYS]),
  role: Type.Enum([...SUPPORT_ROLES]),
  reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  emails: Type.Array(Type.String({ maxLength: 254 }), { minItems: 1, maxItems: 20 }),
  consent: Type.Literal(true, { description: 'That these people may see and do what the role may.' }),
})
export type SupportEnableBody = Static<typeof SupportEnableBody>

/** The way in of one person: mailed to them, or else told here, once. */
export const SupportLink = Type.Object({
  email: Type.String(),
  link: Type.Optional(
    Type.String({ description: 'Works once, for a day. Absent when it has been mailed to the person.' }),
  ),
  mailFailed: Type.Optional(
    Type.Boolean({ description: 'True when there is a mail server and it did not take the mail.' }),
  ),
})
export type SupportLink = Static<typeof SupportLink>

export const SupportEnabled = Type.Object({ grant: SupportGrant, links: Type.Array(SupportLink) })
export type SupportEnabled = Static<typeof SupportEnabled>

export const SupportRevokeBody = Type.Object({
  receiverId: Type.String({ description: 'Who gets what the support people own.' }),
})
export type SupportRevokeBody = Static<typeof SupportRevokeBody>
