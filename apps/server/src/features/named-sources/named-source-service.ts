import { AppError, type NamedSource, type NamedSourceCreateBody, type NamedSourceUpdateBody } from '@graticule/contract'
import { type Action, authorize, type NamedSourceAsset, type UserPrincipal, visibleWhere } from '@graticule/policy'
import { emptyParametersOf } from '@graticule/sql'
import type { Static } from 'typebox'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { type Connection, connectionAsset } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import { closePublicationsOfName, holdNames } from '../maps/closing-publications.ts'
import { type Handover, type OwnedAssets, recordHandover } from '../users/handover.ts'
import { CHECK_TIMEOUT_MS, requireNoTable } from './free-name.ts'
import { namedSourceAsset } from './named-source.ts'
import type { NamedSourceStore, StoredNamedSource } from './named-source-store.ts'

export interface NamedSourceServiceOptions {
  readonly sources: NamedSourceStore
  readonly store: Store
  readonly connections: Pick<ConnectionService, 'find' | 'findProvider' | 'warehouse'>
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** Called after a change, so that nothing remembers what a name stood for, nor that a public map was open. */
  readonly onChanged: () => void
}

/** Named sources: SQL that its owner writes and that programs use by its name, without ever being sent it. */
export class NamedSourceService implements OwnedAssets {
  readonly #options: NamedSourceServiceOptions

  constructor(options: NamedSourceServiceOptions) {
    this.#options = options
  }

  async list(principal: UserPrincipal, search: string): Promise<NamedSource[]> {
    const rows = await this.#options.sources.list(visibleWhere(principal, 'named-source'), search)
    return rows.map(toNamedSource)
  }

  async get(principal: UserPrincipal, name: string): Promise<NamedSource> {
    return toNamedSource(await this.#find(principal, 'named-source.read', name))
  }

  /** One by its id, whoever may know of it; null when there is none. */
  async findAsset(id: string): Promise<NamedSourceAsset | null> {
    const row = await this.#options.sources.findById(id)
    return row && namedSourceAsset(row)
  }

  /** Only for who may run its SQL themselves, and only SQL that the warehouse understands. */
  async create(caller: UserCaller, body: Static<typeof NamedSourceCreateBody>): Promise<NamedSource> {
    const { principal } = caller
    const { clock, sources, store } = this.#options
    authorize(principal, 'named-source.create')
    const connection = await this.#findUsable(principal, body.connection_name)
    await this.#check(caller, connection, body.source)
    await requireNoTable(this.#options.connections, caller, connection, body.name)
    const now = clock.now()
    const row = {
      id: createId(),
      organization_id: principal.organizationId,
      connection_id: connection.id,
      owner_id: principal.userId,
      name: body.name,
      description: body.description?.trim() ?? '',
      sql: body.source,
      created_at: now,
      updated_at: now,
    }
    try {
      await store.transaction().execute(async (transaction) => {
        await this.#options.holdRight(transaction, principal, 'named-source.create')
        await sources.insert(row, transaction)
        await closePublicationsOfName(transaction, connection.id, row.name)
        await this.#record(transaction, caller, 'named-source.created', { ...row, connection_name: connection.name })
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'named_sources_name')) throw error
      throw new AppError('conflict', `There is already a named source called "${body.name}"; choose another name.`, {
        details: { rule: 'named-source.name' },
      })
    }
    this.#options.onChanged()
    return toNamedSource({ ...row, connection_name: connection.name })
  }

  async update(caller: UserCaller, name: string, body: Static<typeof NamedSourceUpdateBody>): Promise<NamedSource> {
    const { clock, sources, store } = this.#options
    const found = await this.#find(caller.principal, 'named-source.update', name)
    const source = body.source === found.sql ? undefined : body.source
    if (source !== undefined) {
      const connection = await this.#findUsable(caller.principal, found.connection_id)
      await this.#check(caller, connection, source)
    }
    const changes = {
      ...(source === undefined ? {} : { sql: source }),
      ...(body.description === undefined ? {} : { description: body.description.trim() }),
      updated_at: clock.now(),
    }
    await store.transaction().execute(async (transaction) => {
      await this.#options.holdRight(transaction, caller.principal, 'named-source.create')
      if (!(await sources.update(found.id, changes, transaction))) throw missing(name)
      if (source !== undefined) await closePublicationsOfName(transaction, found.connection_id, found.name)
      await this.#record(transaction, caller, 'named-source.updated', found)
    })
    this.#options.onChanged()
    return toNamedSource({ ...found, ...changes })
  }

  /** Puts it into the trash: nothing reads by its name any more, and the name is free. */
  async delete(caller: UserCaller, name: string): Promise<void> {
    const { clock, sources, store } = this.#options
    const found = await this.#find(caller.principal, 'named-source.delete', name)
    const deletion = { at: clock.now(), by: caller.principal.userId }
    await store.transaction().execute(async (transaction) => {
      // A map that is being published with it was looked at while it was there.
      await holdNames(transaction, found.connection_id)
      if (!(await sources.delete(found.id, deletion, transaction))) throw missing(name)
      await this.#record(transaction, caller, 'named-source.deleted', found)
    })
    this.#options.onChanged()
  }

  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const { activity, sources } = this.#options
    const rows = await sources.transferAll(handover.from.id, handover.to.id, transaction)
    const moved = rows.map((row) => ({
      id: row.id,
      organizationId: row.organization_id,
      details: { name: row.name },
    }))
    await recordHandover(activity, transaction, 'named-source', handover, moved)
    return rows.length
  }

  async #find(principal: UserPrincipal, action: Action, name: string): Promise<StoredNamedSource> {
    const row = await this.#options.sources.find(principal.organizationId, name)
    if (row === null) throw missing(name)
    authorize(principal, action, namedSourceAsset(row))
    return row
  }

  async #findUsable(principal: UserPrincipal, idOrName: string): Promise<Connection> {
    const connection = await this.#options.connections.find(principal, idOrName)
    authorize(principal, 'sql.run', connectionAsset(connection))
    return connection
  }

  /** The warehouse understands it as one query that does nothing but read; parameters count as values of any type. */
  async #check(caller: UserCaller, connection: Connection, sql: string): Promise<void> {
    const { connections } = this.#options
    const { compiler } = connections.findProvider(connection.providerId)
    const statement = compiler.compileSource({ type: 'query', sql, parameters: emptyParametersOf(sql) })
    const warehouse = await connections.warehouse(caller, connection, 'catalog')
    const reads = await warehouse.listReads(statement, { signal: caller.signal, timeoutMs: CHECK_TIMEOUT_MS })
    if (reads.isReadOnly) return
    throw new AppError('invalid_query', 'A named source is one SELECT that does nothing but read.')
  }

  async #record(transaction: Store, caller: UserCaller, type: string, row: RecordedNamedSource): Promise<void> {
    await this.#options.activity.record(transaction, {
      organizationId: row.organization_id,
      actor: actorOf(caller.principal),
      type,
      assetType: 'named-source',
      assetId: row.id,
      requestId: caller.requestId,
      details: { name: row.name, connection: row.connection_name },
    })
  }
}

function missing(name: string): AppError {
  return new AppError('not_found', `There is no named source called "${name}", or it is not yours.`)
}

/** A named source as it is told of, with the name of its connection. */
type RecordedNamedSource = Pick<
  StoredNamedSource,
  'id' | 'organization_id' | 'name' | 'description' | 'sql' | 'created_at' | 'updated_at' | 'connection_name'
>

function toNamedSource(row: RecordedNamedSource): NamedSource {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    connection_name: row.connection_name,
    source: row.sql,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
