import type { AppError } from '@graticule/contract'
import type { Principal } from '@graticule/policy'
import type { ForeignRights } from '@graticule/warehouses'
import type { SystemPrincipal } from '../activity/activity-log.ts'

/** One door to one warehouse: a connection under one database login. Comes only from a decided credential. */
export interface WarehouseTarget {
  readonly organizationId: string
  readonly connectionId: string
  readonly connectionName: string
  readonly providerId: string
  /** Names the database login; never a secret. Two identities never share a socket or a cached answer. */
  readonly databaseIdentity: string
  readonly credentialVersion: number
  /** Statements at once, which is also the number of its sockets; as the server is set unless told. */
  readonly maxRunning?: number
  /** The longest that a statement may take, in milliseconds, whatever it asks for. */
  readonly maxTimeoutMs?: number
  /** True for a warehouse that this process runs itself; its address is known only to the process. */
  readonly embedded: boolean
  /** The configuration with its secrets; called only at the moment of opening. */
  readonly readConfig: () => Record<string, unknown>
  /** Handed what each statement reads with the rights of somebody else before it is run; throws what refuses it. */
  readonly admitRights?: (rights: ForeignRights) => void
  /** Told when the warehouse does not let the login in; answers what whoever asks is to be told. */
  readonly onLoginRefused?: (refusal: AppError) => Promise<AppError>
}

/** What a statement is for, as activity and metrics name it. */
export type StatementPurpose =
  | 'tile'
  | 'extent'
  | 'widget'
  | 'statistics'
  | 'query'
  | 'job'
  | 'catalog'
  | 'connection-test'
  | 'posture'
  | 'grant-check'
  | 'publication'

/** Who a statement is run for, and why: the source of attribution comments and activity events. */
export interface StatementContext {
  /** The server itself, for what it looks at by night. */
  readonly principal: Principal | SystemPrincipal
  readonly requestId: string
  readonly purpose: StatementPurpose
  readonly mapId?: string | undefined
}

/** One statement that was sent to a warehouse, told to the meter when it is over. */
export interface StatementRecord {
  readonly target: WarehouseTarget
  readonly context: StatementContext
  /** Time in the warehouse, in milliseconds, without the wait for a turn. */
  readonly durationMs: number
  /** Time spent waiting for a turn, in milliseconds. */
  readonly queuedMs: number
  readonly rows: number
  /** The statement as it was made, with values bound apart; null for what is asked besides, such as a catalogue. */
  readonly text: string | null
  /** `ok`, or the error code it ended with. */
  readonly outcome: string
}

/** The comment that goes before every statement. */
export function attributionOf(target: WarehouseTarget, context: StatementContext): Record<string, string> {
  const attribution: Record<string, string> = {
    app: 'graticule',
    organization: target.organizationId,
    connection: target.connectionName,
  }
  const { principal } = context
  if (principal.kind === 'user') attribution.user = principal.userId
  if (principal.kind === 'token') {
    attribution.user = principal.ownerId
    attribution.token = principal.tokenId
  }
  if (principal.kind === 'public-map') attribution.map = principal.mapId
  if (context.mapId !== undefined) attribution.map = context.mapId
  attribution.purpose = context.purpose
  attribution.request = context.requestId
  return attribution
}
