import type { Role, TokenGrant } from '@graticule/contract'

/** What makes a person a support person: they are here for a grant of support access, and only as long as it lasts. */
export interface SupportStay {
  readonly grantId: string
  readonly endsAt: Date
}

/** An application that acts as somebody, by an OAuth client that was made in their organization. */
export interface AppUse {
  readonly clientId: string
  /** `spa`: the person signed in and let it act as them · `machine`: it holds a secret, and acts as its owner. */
  readonly kind: 'spa' | 'machine'
}

/** A person who is signed in with a session, or an application that acts as them. */
export interface UserPrincipal {
  readonly kind: 'user'
  readonly userId: string
  readonly organizationId: string
  readonly role: Role
  readonly sessionId: string
  /** The groups that they are in, which assets may be shared with. */
  readonly groupIds: readonly string[]
  /** Absent for everybody who belongs to the organization. */
  readonly support?: SupportStay
  /** Who is really there, while somebody looks at the workspace as this person; the session is theirs. */
  readonly viewedBy?: Viewer
  /** The application that acts as this person; absent while they are there themselves. */
  readonly app?: AppUse
}

/** Somebody who looks at the workspace as another person. */
export interface Viewer {
  readonly userId: string
}

/** A program that holds an API access token: it reaches its grants and nothing else, whoever made it. */
export interface TokenPrincipal {
  readonly kind: 'token'
  readonly tokenId: string
  readonly ownerId: string
  readonly organizationId: string
  readonly grants: readonly TokenGrant[]
  readonly allowedApis: readonly string[]
}

/** A visitor who holds the token inside a public map's document: it reaches that map's sources. */
export interface PublicMapPrincipal {
  readonly kind: 'public-map'
  readonly mapId: string
  readonly organizationId: string
}

/** Nobody in particular. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous'
}

/** Who is asking. Every request has exactly one, and every decision starts from it. */
export type Principal = UserPrincipal | TokenPrincipal | PublicMapPrincipal | AnonymousPrincipal

export const ANONYMOUS: AnonymousPrincipal = { kind: 'anonymous' }
