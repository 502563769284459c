import {
  type ConnectionOptions,
  type CredentialPolicy,
  DEFAULT_CONNECTION_OPTIONS,
  type ViewerAuthentication,
  type ViewerTokenSettings,
} from '@graticule/contract'
import type { Audience, ConnectionAsset } from '@graticule/policy'
import { BRIEF_SECONDS, briefly, type Freshness, UNKEPT } from '../../platform/cache/freshness.ts'
import type { ConnectionRow } from '../../platform/db/tables.ts'
import type { WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'

/** A provider and how to log in to it. Its secrets stay sealed until a warehouse is opened. */
export interface Connection {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  /** Other names that it answers to in the API. */
  readonly aliases: readonly string[]
  readonly providerId: string
  /** Null for a warehouse that the server runs itself. */
  readonly ownerId: string | null
  readonly audience: Audience
  /** Whose login serves those whom it is shared with. */
  readonly credentialPolicy: CredentialPolicy
  /** How people's own logins prove who they are, where the policy asks for such. */
  readonly viewerAuthentication: ViewerAuthentication
  /** Which token is sent and as whom; null where none is. */
  readonly viewerToken: ViewerTokenSettings | null
  readonly embedded: boolean
  /** Without secrets. */
  readonly config: Readonly<Record<string, unknown>>
  readonly sealedSecrets: string | null
  readonly credentialVersion: number
  readonly options: ConnectionOptions
  /** Grows with each edit. */
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export function connectionFromRow(row: ConnectionRow & { readonly audience: Audience }): Connection {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    aliases: row.aliases,
    providerId: row.provider_id,
    ownerId: row.owner_id,
    audience: row.audience,
    credentialPolicy: row.credential_policy,
    viewerAuthentication: row.viewer_authentication,
    viewerToken: row.viewer_token,
    embedded: row.embedded,
    config: row.config,
    sealedSecrets: row.secrets,
    credentialVersion: row.credential_version,
    options: { ...DEFAULT_CONNECTION_OPTIONS, ...row.options },
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The facts about a connection that policy decides on. */
export function connectionAsset(connection: Connection): ConnectionAsset {
  return {
    kind: 'connection',
    id: connection.id,
    organizationId: connection.organizationId,
    ownerId: connection.ownerId,
    audience: connection.audience,
    names: connectionNames(connection),
    credentialPolicy: connection.credentialPolicy,
  }
}

/** Whether what is read through a connection is one person's: then nothing in between may keep it. */
export function isPersonalSource(connection: Connection): boolean {
  return connection.credentialPolicy === 'viewer'
}

/** Its name first, then its aliases. */
export function connectionNames(connection: Connection): string[] {
  return [connection.name, ...connection.aliases]
}

/**
 * How old an answer of a connection may be: what the request asks for, unless nothing of the connection is kept, or only
 * briefly because its warehouse decides for each person what they see.
 */
export function freshnessFor(connection: Connection, asked: Freshness): Freshness {
  if (connection.options.neverCache) return UNKEPT
  return isPersonalSource(connection) ? briefly(asked) : asked
}

/** How long what a warehouse said of itself is believed, in milliseconds: briefly where it says it to one person. */
export function rememberMsFor(connection: Connection, usualMs: number): number {
  return isPersonalSource(connection) ? Math.min(usualMs, BRIEF_SECONDS * 1_000) : usualMs
}

/** Where statements of a connection go under the login that is stored with it. */
export function ownTarget(
  connection: Connection,
  unsealSecrets: (sealed: string) => Record<string, unknown>,
): WarehouseTarget {
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    connectionName: connection.name,
    providerId: connection.providerId,
    databaseIdentity: 'owner',
    credentialVersion: connection.credentialVersion,
    embedded: connection.embedded,
    ...limitsOf(connection.options),
    readConfig: () => ({
      ...connection.config,
      ...(connection.sealedSecrets === null ? {} : unsealSecrets(connection.sealedSecrets)),
    }),
  }
}

export function limitsOf({ maxConcurrentQueries, queryTimeoutSeconds }: ConnectionOptions) {
  return {
    ...(maxConcurrentQueries === null ? {} : { maxRunning: maxConcurrentQueries }),
    ...(queryTimeoutSeconds === null ? {} : { maxTimeoutMs: queryTimeoutSeconds * 1_000 }),
  }
}
