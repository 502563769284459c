import type { ConnectionAsset } from './assets.ts'
import type { Principal } from './principal.ts'

/** Whose login a statement runs under. `owner`: the one stored with the connection. */
export type CredentialChoice = { readonly kind: 'owner'; readonly connectionId: string }

/** Decides whose credential serves a request; nothing else in the product may decide that. */
export function credentialFor(_principal: Principal, connection: ConnectionAsset): CredentialChoice {
  return { kind: 'owner', connectionId: connection.id }
}
