import { CartoAPIError } from '@carto/api-client'
import type { CredentialsRequired, SignInRequired } from '@graticule/contract'
import { ApiError } from '../api/api-error.ts'

/**
 * Why data are not shown where everybody reads with a database login of their own. `needed`: one can give it. `closed`:
 * there is nothing to give: whoever asks so, such as a support person, never gets one, or the database did not take the
 * certificate that was made for them. `sign-in`: it helps to sign in again, with the identity provider.
 */
export type CredentialRefusal =
  | ({ readonly kind: 'needed' } & Pick<CredentialsRequired, 'connectionId' | 'connectionName' | 'state'>)
  | { readonly kind: 'closed'; readonly sentence: string }
  | ({ readonly kind: 'sign-in'; readonly sentence: string } & Pick<SignInRequired, 'signInPath'>)

/** The refusal in the error of a request, whoever sent it; null for any other error. */
export function credentialRefusalOf(error: unknown): CredentialRefusal | null {
  if (error instanceof ApiError) return readCredentialRefusal({ ...error, error: error.message })
  if (error instanceof CartoAPIError) return readCredentialRefusal(error.responseJson)
  return null
}

/** The same, in the body of an answer. */
export function readCredentialRefusal(body: unknown): CredentialRefusal | null {
  const { code, details, error } = (body ?? {}) as { code?: unknown; details?: unknown; error?: unknown }
  const said = (details ?? {}) as Partial<CredentialsRequired> & Partial<SignInRequired> & { rule?: unknown }
  if (code === 'credentials_required') {
    const { connectionId, connectionName, reason, signInPath = null, state } = said
    if (reason !== undefined && typeof error === 'string') return { kind: 'sign-in', sentence: error, signInPath }
    if (connectionId === undefined || connectionName === undefined || state === undefined) return null
    return { kind: 'needed', connectionId, connectionName, state }
  }
  const { rule } = said
  const isClosed =
    rule === 'view-as' ||
    (typeof rule === 'string' && /^(?:credential\.viewer|viewer-certificate|viewer-token)\./.test(rule))
  return isClosed && typeof error === 'string' ? { kind: 'closed', sentence: error } : null
}

/** Something on a map that is not shown for want of a login. */
export interface RefusedPart {
  readonly label: string
  readonly refusal: CredentialRefusal
}

/** A connection of a map that one lacks a login for, and what is missing from the map because of it. */
export interface NeededLogin {
  readonly connectionId: string
  readonly connectionName: string
  readonly state: CredentialsRequired['state']
  readonly labels: readonly string[]
}

/** One entry for each connection, and each sentence once, however many layers they are about. */
export function groupRefusals(parts: readonly RefusedPart[]): {
  readonly needed: readonly NeededLogin[]
  readonly closed: readonly string[]
  readonly signIn: readonly { readonly sentence: string; readonly signInPath: string | null }[]
} {
  const needed = new Map<string, NeededLogin>()
  const closed = new Set<string>()
  const signIn = new Map<string, string | null>()
  for (const { label, refusal } of parts) {
    if (refusal.kind === 'closed') {
      closed.add(refusal.sentence)
      continue
    }
    if (refusal.kind === 'sign-in') {
      signIn.set(refusal.sentence, refusal.signInPath)
      continue
    }
    const { connectionId, connectionName, state } = refusal
    const labels = needed.get(connectionId)?.labels ?? []
    if (!labels.includes(label)) {
      needed.set(connectionId, { connectionId, connectionName, state, labels: [...labels, label] })
    }
  }
  return {
    needed: [...needed.values()],
    closed: [...closed],
    signIn: [...signIn].map(([sentence, signInPath]) => ({ sentence, signInPath })),
  }
}
