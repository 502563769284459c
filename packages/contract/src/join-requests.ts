import { type Static, Type } from 'typebox'
import { RoleSchema } from './roles.ts'

// Asking to join an organization without an invitation, and what admins make of it.

/** Whose organization it is about; may be left out where the server has only one. */
const organizationId = Type.Optional(Type.String({ maxLength: 40 }))

export const JoinQuery = Type.Object({ organizationId })
export type JoinQuery = Static<typeof JoinQuery>

/** GET /auth/join-requests: whether one may ask. The same for an organization that there is not. */
export const JoinOffer = Type.Object({ open: Type.Boolean() })
export type JoinOffer = Static<typeof JoinOffer>

/** POST /auth/join-requests: the answer is the same whether or not somebody with the e-mail is in the organization. */
export const JoinRequestBody = Type.Object({
  organizationId,
  email: Type.String({ minLength: 3, maxLength: 254 }),
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  message: Type.Optional(Type.String({ maxLength: 500 })),
})
export type JoinRequestBody = Static<typeof JoinRequestBody>

/** `mailed`: a link with which people of the e-mail's domain join · `waiting`: for an admin's answer. */
export const JoinAsked = Type.Object({ outcome: Type.Enum(['mailed', 'waiting']) })
export type JoinAsked = Static<typeof JoinAsked>

/** Somebody who waits for an answer. */
export const JoinRequest = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  message: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
})
export type JoinRequest = Static<typeof JoinRequest>

/** GET /workspace-api/join-requests: who waits, the longest first. */
export const JoinRequestList = Type.Object({
  open: Type.Boolean({ description: 'Whether requests are taken.' }),
  link: Type.String({ description: 'Where people ask to join.' }),
  requests: Type.Array(JoinRequest),
})
export type JoinRequestList = Static<typeof JoinRequestList>

export const JoinRequestSettings = Type.Object({ open: Type.Boolean() })
export type JoinRequestSettings = Static<typeof JoinRequestSettings>

export const JoinAcceptBody = Type.Object({ role: RoleSchema })
export type JoinAcceptBody = Static<typeof JoinAcceptBody>
