import { AppError, type PublishingLoginState } from '@graticule/contract'
import type { PublishingLoginRow } from '../../platform/db/tables.ts'

/** How a publishing login stands. Where the connection leads elsewhere by now, it is not used. */
export function stateOfLogin(row: PublishingLoginRow, place: string): PublishingLoginState {
  if (row.state === 'rejected') return 'rejected'
  return row.place === place ? 'valid' : 'revoked'
}

/** Names one stored publishing login towards pools and caches; never twice the same, and no other one's. */
export function publishingIdentity({ id, credential_id: credentialId }: PublishingLoginRow): string {
  return `${PREFIX}${id}:${credentialId}`
}

/** The id of the stored login that an identity names; null for an identity of another kind. */
export function publishingCredentialOf(identity: string): string | null {
  return identity.startsWith(PREFIX) ? (identity.split(':')[2] ?? null) : null
}

const PREFIX = 'publishing:'

/** What visitors of a public map are told whose publishing login is gone: nothing of the login itself. */
export function publicationClosed(): AppError {
  return new AppError(
    'forbidden',
    'This part of the map is closed to its public link for now; whoever made the map can publish it anew.',
    { details: { rule: 'publication.closed' } },
  )
}

/** Why what runs under a login that is removed ends. */
export const LOGIN_REMOVED = new AppError('forbidden', 'The publishing login that this ran under was removed.', {
  details: { rule: 'publishing-login.removed' },
})
