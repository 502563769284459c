import { type Static, Type } from 'typebox'
import { CREDENTIAL_POLICIES } from './credentials.ts'
import { POSTURE_SEVERITIES } from './posture.ts'

/** How a publishing login stands. `revoked`: the connection leads elsewhere since it was given. */
export const PUBLISHING_LOGIN_STATES = ['valid', 'rejected', 'revoked'] as const
export type PublishingLoginState = (typeof PUBLISHING_LOGIN_STATES)[number]

const LoginName = Type.String({ minLength: 1, maxLength: 60 })
const Login = Type.Record(Type.String({ maxLength: 60 }), Type.String({ maxLength: 20_000 }), {
  description: 'The fields that the answer of GET names. It is stored sealed and never comes back.',
})
const LoginReason = Type.String({
  maxLength: 1_000,
  description: 'Why the login is stored although its check found something red; kept in the log.',
})

/** A login that a connection holds for public maps. Its secrets never come back. */
export const PublishingLogin = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Type.Enum([...PUBLISHING_LOGIN_STATES]),
  /** What the warehouse calls it, and what its check found; for those who keep the connection. */
  loginName: Type.Union([Type.String(), Type.Null()]),
  posture: Type.Union([Type.Enum([...POSTURE_SEVERITIES]), Type.Null()]),
  /** How many public maps read with it. */
  publicMapCount: Type.Integer(),
  changedAt: Type.String({ format: 'date-time' }),
})
export type PublishingLogin = Static<typeof PublishingLogin>

/** GET /v3/connections/:idOrName/publishing-logins. */
export const PublishingLoginList = Type.Object({
  logins: Type.Array(PublishingLogin),
  /** What a login consists of; none where the warehouse knows one login only. */
  fields: Type.Array(
    Type.Object({ name: Type.String(), label: Type.String(), required: Type.Boolean(), secret: Type.Boolean() }),
  ),
})
export type PublishingLoginList = Static<typeof PublishingLoginList>

export const PublishingLoginBody = Type.Object({
  name: LoginName,
  login: Login,
  reason: Type.Optional(LoginReason),
})
export type PublishingLoginBody = Static<typeof PublishingLoginBody>

/** What stays out stays as it is. */
export const PublishingLoginUpdateBody = Type.Object({
  name: Type.Optional(LoginName),
  login: Type.Optional(Login),
  reason: Type.Optional(LoginReason),
})
export type PublishingLoginUpdateBody = Static<typeof PublishingLoginUpdateBody>

/** With what the public is to read a map, and why. */
export const PublicationWish = Type.Object({
  logins: Type.Optional(
    Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.String({ maxLength: 64 }), Type.Null()]), {
      description:
        'By the id of a connection, the id of one of its publishing logins; null for the login that is stored with it.',
    }),
  ),
  reason: Type.Optional(
    Type.String({ maxLength: 1_000, description: 'Asked for where more can be seen than before; kept in the log.' }),
  ),
  version: Type.Optional(
    Type.String({
      maxLength: 64,
      description:
        'Of the check that was looked at: 409 publication.changed when the public would read something else by now.',
    }),
  ),
})
export type PublicationWish = Static<typeof PublicationWish>

const Rows = Type.Object({
  rows: Type.Union([Type.Integer(), Type.Null()]),
  /** Why the number is not known; null where it is. */
  unknown: Type.Union([Type.String(), Type.Null()]),
})
export type PublicationRows = Static<typeof Rows>

/** What a link would show of one source. */
export const PublicationSource = Type.Object({
  /** Of the datasets that read it. */
  labels: Type.Array(Type.String()),
  connectionId: Type.String(),
  /** What whoever publishes it sees with the login that they read with. */
  publisher: Rows,
  public: Rows,
  widens: Type.Boolean(),
})
export type PublicationSource = Static<typeof PublicationSource>

/** With what the public would read a connection. */
export const PublicationConnection = Type.Object({
  id: Type.String(),
  name: Type.String(),
  credentialPolicy: Type.Enum([...CREDENTIAL_POLICIES]),
  /** The id of a publishing login, or null for the stored login; meaningless where `refusal` says why there is none. */
  loginId: Type.Union([Type.String(), Type.Null()]),
  logins: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  /** Why the stored login cannot be chosen; null where it can. */
  ownRefusal: Type.Union([Type.String(), Type.Null()]),
  refusal: Type.Union([Type.Object({ rule: Type.String(), reason: Type.String() }), Type.Null()]),
})
export type PublicationConnection = Static<typeof PublicationConnection>

/** POST /workspace-api/maps/:id/publication-check: what the public would see, before it does. */
export const PublicationCheck = Type.Object({
  connections: Type.Array(PublicationConnection),
  sources: Type.Array(PublicationSource),
  needsReason: Type.Boolean(),
  /** Of what was looked at; sent along, nothing else is published. */
  version: Type.String(),
})
export type PublicationCheck = Static<typeof PublicationCheck>
