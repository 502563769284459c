import { AppError, type Role, type UserSummary } from '@graticule/contract'
import {
  ANONYMOUS,
  type AnonymousPrincipal,
  type SubjectOfExplanation,
  type TokenAsset,
  type TokenPrincipal,
  type UserPrincipal,
} from '@graticule/policy'

/** An API token, as far as it matters to what it may do. */
export interface KnownToken {
  readonly asset: TokenAsset
  readonly name: string
  readonly principal: TokenPrincipal
  readonly referers: readonly string[]
  readonly expiresAt: Date | null
  /** False while its owner may not sign in, whose tokens open nothing then. */
  readonly isOwnerActive: boolean
}

/** Somebody or something whose rights are asked about. */
export type ExplainedSubject =
  | { readonly kind: 'user'; readonly person: UserSummary; readonly principal: UserPrincipal }
  | { readonly kind: 'group'; readonly id: string; readonly name: string; readonly roles: readonly Role[] }
  | { readonly kind: 'token'; readonly token: KnownToken }
  | { readonly kind: 'anonymous'; readonly principal: AnonymousPrincipal }

/** Where subjects are looked up. */
export interface SubjectSources {
  readonly people: readonly { readonly person: UserSummary; readonly principal: UserPrincipal }[]
  readonly findGroupName: (id: string) => Promise<string | null>
  readonly findToken: (id: string) => Promise<KnownToken | null>
}

/**
 * Whom `user:…`, `group:…`, `token:…`, `anonymous` or a person's id alone stands for. `demandRight` throws for what the
 * asker may not ask, before they learn whether there is such a person or group. Throws `not_found`.
 */
export async function findSubject(
  text: string,
  sources: SubjectSources,
  demandRight: (subject: SubjectOfExplanation) => void,
): Promise<ExplainedSubject> {
  if (text === 'anonymous') {
    demandRight({ kind: 'anonymous' })
    return { kind: 'anonymous', principal: ANONYMOUS }
  }
  const [, kind = 'user', id = text] = /^(user|group|token):(.*)$/s.exec(text) ?? []
  if (kind === 'token') {
    const token = await sources.findToken(id)
    if (token === null) throw new AppError('not_found', 'There is no such token, or it is not yours.')
    demandRight({ kind, ownerId: token.principal.ownerId })
    return { kind, token }
  }
  if (kind === 'group') {
    demandRight({ kind, id })
    const name = await sources.findGroupName(id)
    if (name === null) throw new AppError('not_found', 'There is no such group in your organization.')
    const members = sources.people.filter(({ principal }) => principal.groupIds.includes(id))
    return { kind, id, name, roles: members.map(({ principal }) => principal.role) }
  }
  demandRight({ kind: 'user', id })
  const found = sources.people.find(({ person }) => person.id === id)
  if (!found) throw new AppError('not_found', 'There is no such person in your organization.')
  return { kind: 'user', ...found }
}

/** What is answered of whom it is about. */
export function describeSubject(subject: ExplainedSubject): {
  kind: ExplainedSubject['kind']
  id: string
  name: string
  email: string | null
} {
  switch (subject.kind) {
    case 'user':
      return { kind: 'user', ...subject.person }
    case 'group':
      return { kind: 'group', id: subject.id, name: subject.name, email: null }
    case 'token':
      return { kind: 'token', id: subject.token.asset.id, name: subject.token.name, email: null }
    case 'anonymous':
      return { kind: 'anonymous', id: 'anonymous', name: 'A visitor', email: null }
  }
}
