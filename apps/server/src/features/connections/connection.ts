import type { Audience, ConnectionAsset, CredentialChoice } from '@graticule/policy'
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
  readonly embedded: boolean
  /** Without secrets. */
  readonly config: Readonly<Record<string, unknown>>
  readonly sealedSecrets: string | null
  readonly credentialVersion: number
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
    embedded: row.embedded,
    config: row.config,
    sealedSecrets: row.secrets,
    credentialVersion: row.credential_version,
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
  }
}

/** Its name first, then its aliases. */
export function connectionNames(connection: Connection): string[] {
  return [connection.name, ...connection.aliases]
}

/** Where statements of a connection go under the credential that policy chose. */
export function warehouseTarget(
  connection: Connection,
  credential: CredentialChoice,
  unsealSecrets: (sealed: string) => Record<string, unknown>,
): WarehouseTarget {
  return {
    organizationId: connection.organizationId,
    connectionId: connection.id,
    connectionName: connection.name,
    providerId: connection.providerId,
    databaseIdentity: credential.kind,
    credentialVersion: connection.credentialVersion,
    embedded: connection.embedded,
    readConfig: () => ({
      ...connection.config,
      ...(connection.sealedSecrets === null ? {} : unsealSecrets(connection.sealedSecrets)),
    }),
  }
}
