import { createHash } from 'node:crypto'
import { AppError, type CredentialState, type CredentialsRequired } from '@graticule/contract'
import type { Provider, ViewerLogin } from '@graticule/warehouses'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { ViewerCredentialRow } from '../../platform/db/tables.ts'
import type { Connection } from '../connections/connection.ts'

/** How a person's stored login stands. Where the connection leads elsewhere by now, it is as if it were revoked. */
export function stateOf(row: ViewerCredentialRow | null, place: string): CredentialState {
  if (row === null) return 'none'
  if (row.state === 'rejected') return 'rejected'
  return row.place === place ? 'valid' : 'revoked'
}

/** How people bring logins of their own to this provider's connections. */
export function viewerLoginOf(provider: Provider): ViewerLogin {
  if (provider.viewerLogin !== null) return provider.viewerLogin
  throw new AppError('rule_violated', `Nobody brings a login of their own to ${provider.label}.`, {
    details: { rule: 'credential.provider' },
  })
}

/** Digest of where a connection leads: a login that was given for one place is never sent to another. */
export function placeOf(connection: Connection, { placeFields }: ViewerLogin): string {
  const place = pick(connection.config, placeFields)
  return createHash('sha256')
    .update(canonicalJson([connection.providerId, place]))
    .digest('base64url')
}

/** The part of a connection's configuration that says where it leads, and nothing of how it logs in. */
export function placeConfigOf(connection: Connection, { placeFields }: ViewerLogin): Record<string, unknown> {
  return pick(connection.config, placeFields)
}

/** The configuration that opens a connection as a person: its place, and nothing of its own login. */
export function configFor(
  connection: Connection,
  viewerLogin: ViewerLogin,
  login: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...placeConfigOf(connection, viewerLogin), ...pick(login, viewerLogin.fields) }
}

/** Names one stored login towards pools and caches; never twice the same, and nobody else's. */
export function identityOf({ id, user_id: userId }: Pick<ViewerCredentialRow, 'id' | 'user_id'>): string {
  return `${IDENTITY_PREFIX}${userId}:${id}`
}

/** The id of the stored login that an identity names; null for an identity of another kind. */
export function credentialIdOf(identity: string): string | null {
  return identity.startsWith(IDENTITY_PREFIX) ? (identity.split(':')[2] ?? null) : null
}

const IDENTITY_PREFIX = 'viewer:'

const SENTENCES: Readonly<Record<CredentialsRequired['state'], (name: string) => string>> = {
  none: (name) => `The data of "${name}" are read with a database login of your own; add yours to see them.`,
  rejected: (name) => `The database did not accept your login for "${name}" any more; add it again to see the data.`,
  revoked: (name) => `"${name}" leads to another database since you gave your login; add it again to see the data.`,
}

/** What whoever has no login of their own is told instead of data. */
export function credentialsRequired(
  { id, name }: Pick<Connection, 'id' | 'name'>,
  state: CredentialsRequired['state'],
  fields: readonly string[],
): AppError {
  const give = { method: 'PUT', path: `/v3/connections/${encodeURIComponent(id)}/my-credentials`, fields } as const
  const details: CredentialsRequired = { connectionId: id, connectionName: name, state, give }
  return new AppError('credentials_required', SENTENCES[state](name), {
    details: { rule: `viewer-login.${state}`, ...details },
    hint: 'It is asked for in the map, in Data Explorer and on the card of the connection.',
  })
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
}
