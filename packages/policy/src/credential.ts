import { AppError } from '@graticule/contract'
import type { ConnectionAsset } from './assets.ts'
import { REFUSED_WHILE_VIEWING, type Refusal } from './can.ts'
import type { Principal } from './principal.ts'

/**
 * Whose login a statement runs under. `owner`: the one stored with the connection. `viewer`: the one that this person
 * gave for themselves, without which no statement is sent. `publishing`: one that the connection holds for public maps.
 */
export type CredentialChoice =
  | { readonly kind: 'owner'; readonly connectionId: string }
  | { readonly kind: 'viewer'; readonly connectionId: string; readonly userId: string }
  | { readonly kind: 'publishing'; readonly connectionId: string; readonly loginId: string }

/** What a public map was published to read one connection with. `own`: the login that is stored with the connection. */
export type PublishedAs = { readonly kind: 'own' } | { readonly kind: 'login'; readonly loginId: string }

/** A choice, or why there is none. */
export type CredentialDecision = { readonly allowed: true; readonly choice: CredentialChoice } | Refusal

const NOT_WHILE_VIEWING =
  'Here everybody reads with a database login of their own, which is never lent to whoever looks as them; exit to read with yours.'

/**
 * Decides whose credential serves a request; nothing else in the product may decide that. `publishedAs` is of the public
 * map that the principal stands for, null where its publisher chose nothing; it means nothing for anybody else.
 */
export function decideCredential(
  principal: Principal,
  connection: ConnectionAsset,
  publishedAs: PublishedAs | null = null,
): CredentialDecision {
  const { id: connectionId, ownerId } = connection
  const shared: CredentialDecision = { allowed: true, choice: { kind: 'owner', connectionId } }
  if (principal.kind === 'public-map' && publishedAs?.kind === 'login') {
    return { allowed: true, choice: { kind: 'publishing', connectionId, loginId: publishedAs.loginId } }
  }
  if (connection.credentialPolicy === 'owner') return shared
  // From here on every login is one person's alone, the connection's own too: that one is its owner's.
  if (!mayUseCredential(principal, true)) return { ...REFUSED_WHILE_VIEWING, reason: NOT_WHILE_VIEWING }
  switch (principal.kind) {
    case 'user':
      if (principal.userId === ownerId) return shared
      if (principal.support !== undefined) {
        return refuse('support', 'Support access never holds a database login, so it reads none of this data.')
      }
      return { allowed: true, choice: { kind: 'viewer', connectionId, userId: principal.userId } }
    case 'token':
      return refuse('token', 'Here everybody reads with a login of their own, and an API token is nobody; sign in.')
    case 'public-map':
      // A deliberate choice of whoever owns the connection; a link of before that choice stays closed.
      if (publishedAs?.kind === 'own') return shared
      return refuse('public-map', 'Here everybody reads with a login of their own, so a public link shows none of it.')
    case 'anonymous':
      return refuse('anonymous', 'Here everybody reads with a login of their own; sign in.')
  }
}

/** As `decideCredential()`; throws what whoever asks is to be told when there is no credential for them. */
export function credentialFor(
  principal: Principal,
  connection: ConnectionAsset,
  publishedAs: PublishedAs | null = null,
): CredentialChoice {
  const decision = decideCredential(principal, connection, publishedAs)
  if (decision.allowed) return decision.choice
  if (principal.kind === 'anonymous') throw new AppError('unauthenticated', decision.reason)
  throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

/** Whoever looks as somebody else never gets a login that is that person's alone. */
export function mayUseCredential(principal: Principal, isPersonal: boolean): boolean {
  return !(isPersonal && principal.kind === 'user' && principal.viewedBy !== undefined)
}

function refuse(rule: string, reason: string): CredentialDecision {
  return { allowed: false, reason, rule: `credential.viewer.${rule}` }
}
