import { AppError } from '@graticule/contract'
import type { ConnectionAsset } from './assets.ts'
import { REFUSED_WHILE_VIEWING } from './can.ts'
import type { Principal } from './principal.ts'

/** Whose login a statement runs under. `owner`: the one stored with the connection. */
export type CredentialChoice = { readonly kind: 'owner'; readonly connectionId: string }

/** Which kinds of login are one person's alone. */
const IS_PERSONAL: Readonly<Record<CredentialChoice['kind'], boolean>> = { owner: false }

/** Decides whose credential serves a request; nothing else in the product may decide that. */
export function credentialFor(principal: Principal, connection: ConnectionAsset): CredentialChoice {
  const choice: CredentialChoice = { kind: 'owner', connectionId: connection.id }
  if (mayUseCredential(principal, IS_PERSONAL[choice.kind])) return choice
  const { reason, rule } = REFUSED_WHILE_VIEWING
  throw new AppError('forbidden', reason, { details: { rule } })
}

/** Whoever looks as somebody else never gets a login that is that person's alone. */
export function mayUseCredential(principal: Principal, isPersonal: boolean): boolean {
  return !(isPersonal && principal.kind === 'user' && principal.viewedBy !== undefined)
}
