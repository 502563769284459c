import { type Static, Type } from 'typebox'
import { UserSummary } from './workspace.ts'

const Timestamp = Type.String({ format: 'date-time' })

/** What access tokens of OAuth clients are for, as CARTO's clients ask for it. */
export const OAUTH_AUDIENCE = 'carto-cloud-native-api'

export const OAUTH_CLIENT_KINDS = ['spa', 'machine'] as const
export type OAuthClientKind = (typeof OAUTH_CLIENT_KINDS)[number]

const Title = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Addresses = Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { maxItems: 20 })
const LoginUri = Type.Union([Type.String({ minLength: 1, maxLength: 2000 }), Type.Null()])

/** An OAuth client as those see it who could make one. `id` is the `client_id`. */
export const OAuthClientSummary = Type.Object({
  id: Type.String(),
  /** `spa`: an application in a browser that acts as whoever signs in · `machine`: a program that acts as the owner. */
  kind: Type.Enum([...OAUTH_CLIENT_KINDS]),
  title: Type.String(),
  callbackUrls: Type.Array(Type.String()),
  logoutUrls: Type.Array(Type.String()),
  /** The sites whose pages may ask for tokens, besides those of the callbacks. */
  webOrigins: Type.Array(Type.String()),
  /** The sites whose pages may use the tokens, besides those of the callbacks. */
  corsOrigins: Type.Array(Type.String()),
  /** Where the application begins its own sign-in. */
  loginUri: LoginUri,
  owner: UserSummary,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  /** Whether whoever asks may edit and delete it. */
  isOwn: Type.Boolean(),
})
export type OAuthClientSummary = Static<typeof OAuthClientSummary>

export const OAuthClientCreateBody = Type.Object({
  kind: Type.Enum([...OAUTH_CLIENT_KINDS]),
  title: Title,
  callbackUrls: Type.Optional(Addresses),
  logoutUrls: Type.Optional(Addresses),
  webOrigins: Type.Optional(Addresses),
  corsOrigins: Type.Optional(Addresses),
  loginUri: Type.Optional(LoginUri),
})
export type OAuthClientCreateBody = Static<typeof OAuthClientCreateBody>

/** PATCH: what is left out stays. What kind of client it is never changes. */
export const OAuthClientUpdateBody = Type.Object({
  title: Type.Optional(Title),
  callbackUrls: Type.Optional(Addresses),
  logoutUrls: Type.Optional(Addresses),
  webOrigins: Type.Optional(Addresses),
  corsOrigins: Type.Optional(Addresses),
  loginUri: Type.Optional(LoginUri),
})
export type OAuthClientUpdateBody = Static<typeof OAuthClientUpdateBody>

/** The answer to making one: the secret of a machine client appears here and nowhere else. */
export const OAuthClientCreated = Type.Intersect([
  OAuthClientSummary,
  Type.Object({ clientSecret: Type.Union([Type.String(), Type.Null()]) }),
])
export type OAuthClientCreated = Static<typeof OAuthClientCreated>

/** An error of the authorization server, as RFC 6749 words it. */
export const OAuthErrorBody = Type.Object({ error: Type.String(), error_description: Type.Optional(Type.String()) })

/** What an application asks of whoever is signed in. */
export const AppAccessRequest = Type.Object({
  client: Type.Object({ id: Type.String(), title: Type.String(), ownerName: Type.String() }),
  /** The site that the person goes back to. */
  returnsTo: Type.String(),
  /** What it would be told besides who the person is: `profile` their name, `email` their address. */
  scopes: Type.Array(Type.String()),
  /** False where the person agreed to all of it before. */
  needsConsent: Type.Boolean(),
})
export type AppAccessRequest = Static<typeof AppAccessRequest>

export const AppAccessDecision = Type.Object({ allow: Type.Boolean() })
export type AppAccessDecision = Static<typeof AppAccessDecision>

/** Where the browser goes on. */
export const AppAccessOutcome = Type.Object({ redirectTo: Type.String() })
export type AppAccessOutcome = Static<typeof AppAccessOutcome>

/** An application that the person lets act as them. */
export const AppAccess = Type.Object({
  clientId: Type.String(),
  title: Type.String(),
  ownerName: Type.String(),
  loginUri: Type.Union([Type.String(), Type.Null()]),
  givenAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
})
export type AppAccess = Static<typeof AppAccess>
