import { ACTIONS, type Action, ROLE_TABLE, TOKEN_TABLE } from './actions.ts'
import type { Asset } from './assets.ts'
import { can, type Decision } from './can.ts'
import type { Principal } from './principal.ts'

/** One fact that a decision rested on. */
export interface ExplanationFact {
  readonly label: string
  readonly value: string
}

/** A decision together with the facts behind it, for the person who asks "why can I (not)?". */
export interface Explanation extends Decision {
  readonly facts: readonly ExplanationFact[]
}

/** Why `can()` answers as it does: who asks, what their right reaches, and what the asset is. */
export function explain(principal: Principal, action: Action, asset?: Asset): Explanation {
  const facts: ExplanationFact[] = [
    { label: 'Action', value: ACTIONS[action].phrase },
    { label: 'Asked by', value: describePrincipal(principal) },
  ]
  if (principal.kind === 'user') facts.push({ label: 'The role reaches', value: ROLE_TABLE[action][principal.role] })
  if (principal.kind === 'token') {
    facts.push({ label: 'APIs that open it', value: TOKEN_TABLE[action]?.join(', ') ?? 'none' })
    facts.push({ label: 'APIs of the token', value: principal.allowedApis.join(', ') })
  }
  if (asset !== undefined) {
    const isOwner = principal.kind === 'user' && asset.ownerId === principal.userId
    facts.push({ label: 'Owned by the asker', value: isOwner ? 'yes' : 'no' })
    if (asset.kind !== 'token') facts.push({ label: 'Privacy', value: asset.privacy })
  }
  return { ...can(principal, action, asset), facts }
}

function describePrincipal(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `a person with the role ${principal.role}`
    case 'token':
      return 'an API token'
    case 'public-map':
      return 'the token of a public map'
    case 'anonymous':
      return 'a visitor who is not signed in'
  }
}
