import { createHash } from 'node:crypto'
import {
  AppError,
  type MapDataset,
  type PublicationCheck,
  type PublicationRows,
  type PublicationSource,
  type PublicationWish,
} from '@graticule/contract'
import {
  type Decision,
  decidePublication,
  decidePublicConnection,
  type PublicationDecision,
  type PublicationFacts,
  type PublishedAs,
  widensExposure,
} from '@graticule/policy'
import type { Source } from '@graticule/sql'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import type { GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import type { NamedSourceResolver } from '../named-sources/named-source-resolver.ts'
import type { PublishingLoginService, WorkingLogin } from '../publishing/publishing-login-service.ts'
import { holdNames } from './closing-publications.ts'
import { DatasetRights } from './dataset-rights.ts'
import { datasetSource } from './map-record.ts'
import { isClosed, listPublications, putPublication } from './publication-store.ts'

/** The longest that one count may take, in milliseconds; what takes longer is told as unknown. */
const COUNT_TIMEOUT_MS = 8_000

/** Why nothing is counted for somebody who may not use the connection. */
const NOT_SHARED = 'The rows were not counted, as the connection is not shared with you.'

export interface PublicationsOptions {
  readonly store: Store
  readonly activity: ActivityLog
  readonly connections: ConnectionService
  readonly logins: PublishingLoginService
  readonly texts: Pick<NamedSourceResolver, 'findStanding' | 'readStanding' | 'use'>
  readonly governance: GovernanceRules
}

/** A map that is to be public, or to show the public more. */
export interface PublicationRequest {
  readonly mapId: string
  readonly title: string
  /** What the public comes to read by it. */
  readonly datasets: readonly MapDataset[]
  /**
   * Of `sources`: those of the datasets that it did not read before. The others are looked at too where it comes to read
   * them with another login, or again after their connection was closed to it.
   */
  readonly added?: ReadonlySet<MapDataset>
  /** `published`: nobody could until now · `sources`: a public map reads more · `logins`: it is read with other logins. */
  readonly cause: 'published' | 'sources' | 'logins'
  readonly wish: PublicationWish | undefined
}

interface Part {
  readonly connection: Connection
  readonly before: PublishedAs | null
  readonly logins: readonly WorkingLogin[]
  readonly decision: PublicationDecision
  readonly policy: Decision
  readonly ownRefusal: string | null
  readonly sources: readonly PartSource[]
}

interface PartSource {
  readonly source: Source
  /** Which named source of which moment is behind it. */
  readonly standing: string | null
  /** Whether one of its datasets is new to the public. */
  readonly isAdded: boolean
  readonly labels: readonly string[]
  /** Whether whoever asks may read it without the map; nothing of what they may not is counted for them. */
  readonly isUsable: boolean
}

/** What a map is published with, decided and looked at, ready to be kept. */
export interface PreparedPublication {
  readonly request: PublicationRequest
  readonly parts: readonly Part[]
  readonly sources: readonly PublicationSource[]
  readonly reason: string | null
}

/** Decides with which logins the public reads a map, and shows what it would see before it does. */
export class Publications {
  readonly #options: PublicationsOptions
  readonly #record: RecordChange
  readonly #rights: DatasetRights

  constructor(options: PublicationsOptions) {
    this.#options = options
    this.#rights = new DatasetRights(options.connections)
    this.#record = recordChangesOf(options.activity, 'map')
  }

  /**
   * What the public would see, counted as each login sees it. Refuses nothing; what would be refused says why. Of what the
   * caller may not read without the map it says nothing, as of a connection that is gone.
   */
  async check(caller: UserCaller, request: PublicationRequest): Promise<PublicationCheck> {
    const all = await this.#decide(caller, request)
    const usable = await this.#listUsable(caller, request.datasets)
    const parts = await this.#decide(caller, {
      ...request,
      datasets: request.datasets.filter((each) => usable.has(each)),
    })
    const sources = await this.#look(caller, request, parts)
    return {
      connections: parts.map(({ connection, decision, logins, ownRefusal, policy }) => {
        const refused = !policy.allowed ? policy : !decision.allowed ? decision : null
        const chosen = decision.allowed && decision.publishedAs.kind === 'login' ? decision.publishedAs.loginId : null
        return {
          id: connection.id,
          name: connection.name,
          credentialPolicy: connection.credentialPolicy,
          loginId: chosen,
          logins: logins.map(({ id, name }) => ({ id, name })),
          ownRefusal,
          refusal: refused && { rule: refused.rule, reason: refused.reason },
        }
      }),
      sources,
      needsReason: sources.some(({ widens }) => widens),
      version: versionOf(all),
    }
  }

  /** Throws 403 or 422 with the rule when the map cannot be published so, or more would be seen and nobody says why. */
  async prepare(caller: UserCaller, request: PublicationRequest): Promise<PreparedPublication> {
    const parts = await this.#decide(caller, request)
    for (const { decision, policy } of parts) {
      if (!policy.allowed) throw new AppError('forbidden', policy.reason, { details: { rule: policy.rule } })
      if (!decision.allowed) throw new AppError('rule_violated', decision.reason, { details: { rule: decision.rule } })
    }
    const { version } = request.wish ?? {}
    if (version !== undefined && version !== versionOf(parts)) throw changedSinceLook()
    // Where the public reads as everybody does anyway, there is nothing to compare.
    const compared = parts.filter((part) => !isAsEverybody(part))
    const sources = await this.#look(caller, request, compared)
    const reason = request.wish?.reason?.trim() ?? ''
    const wider = sources.filter(({ widens }) => widens)
    if (wider.length > 0 && reason === '') {
      const labels = [...new Set(wider.flatMap((source) => source.labels))]
      const sentence = `By the link everybody would see more of ${labels.map((label) => `"${label}"`).join(', ')} than until now; look at what, and say why.`
      throw new AppError('rule_violated', sentence, { details: { rule: 'publication.reason', sources: wider } })
    }
    return { request, parts, sources, reason: reason === '' ? null : reason }
  }

  /** Keeps what was prepared, with its event, inside the transaction that publishes the map. */
  async keep(transaction: Store, caller: UserCaller, prepared: PreparedPublication): Promise<void> {
    const { governance } = this.#options
    const { parts, reason, request, sources } = prepared
    for (const { connection, sources: looked } of parts.toSorted((a, b) =>
      a.connection.id < b.connection.id ? -1 : 1,
    )) {
      await holdNames(transaction, connection.id)
      for (const { source, standing } of looked) {
        const present = await this.#options.texts.readStanding(transaction, connection.id, source)
        if (present !== standing) throw changedSinceLook()
      }
    }
    for (const part of parts) {
      if (!isBound(request, part)) continue
      await governance.hold(transaction, caller.principal, (policies) =>
        decidePublicConnection(policies, factsOf(part)),
      )
    }
    for (const part of parts) {
      const { connection, decision } = part
      // Where a connection goes over to own logins one day, its public maps are closed until somebody decides anew.
      const kept = decision.allowed && !isAsEverybody(part, false) ? decision.publishedAs : null
      await putPublication(transaction, request.mapId, connection.id, kept)
    }
    if (reason === null && parts.every((part) => isAsEverybody(part))) return
    await this.#record(transaction, caller, 'map.publication-decided', request.mapId, {
      title: request.title,
      cause: request.cause,
      ...(reason === null ? {} : { reason }),
      connections: parts.map((part) => ({
        id: part.connection.id,
        connection: part.connection.name,
        credentialPolicy: part.connection.credentialPolicy,
        publishingLogin: nameOfLogin(part),
      })),
      sources: sources.map(({ connectionId, labels, publisher, public: everybody, widens }) => ({
        labels,
        connectionId,
        publisherRows: publisher.rows,
        publicRows: everybody.rows,
        widens,
      })),
    })
  }

  async #decide(caller: UserCaller, request: PublicationRequest): Promise<Part[]> {
    const { connections, governance, logins, store } = this.#options
    const { principal } = caller
    const before =
      request.cause === 'published' ? new Map<string, never>() : await listPublications(store, request.mapId)
    const { policies } = await governance.read(principal.organizationId)
    return Promise.all(
      (await this.#group(caller, request)).map(async ({ connection, sources }) => {
        const working = await logins.listWorking(connection)
        const wished = request.wish?.logins?.[connection.id]
        const facts = {
          connectionName: connection.name,
          credentialPolicy: connection.credentialPolicy,
          logins: connections.listLoginsOf(connection),
          isPublishersOwn: connection.ownerId === principal.userId,
          publishingLoginIds: working.map(({ id }) => id),
          before: before.get(connection.id) ?? null,
        }
        const own = decidePublication({ ...facts, wish: { kind: 'own' } })
        const decision = decidePublication({ ...facts, wish: readWish(wished) })
        const part = {
          connection,
          sources: isReadAsBefore(facts, decision) ? sources.filter(({ isAdded }) => isAdded) : sources,
          before: facts.before,
          logins: working,
          decision,
          ownRefusal: own.allowed ? null : own.reason,
        }
        const policy: Decision = isBound(request, part)
          ? decidePublicConnection(policies, factsOf(part))
          : {
              allowed: true,
              reason: 'It reads this connection already.',
              rule: 'governance.maps.public-viewer-credentials',
            }
        return { ...part, policy }
      }),
    )
  }

  /** Those datasets that the caller may read without the map; its publication must not count others for them. */
  async #listUsable({ principal }: UserCaller, datasets: readonly MapDataset[]): Promise<ReadonlySet<MapDataset>> {
    const usable = await Promise.all(datasets.map(async (dataset) => this.#rights.isUsable(principal, dataset)))
    return new Set(datasets.filter((_dataset, index) => usable[index]))
  }

  /** The connections that datasets read, each with its sources; those that are gone or not theirs show nothing anyway. */
  async #group(caller: UserCaller, { added, datasets }: PublicationRequest) {
    const found = new Map<string, { connection: Connection; sources: Mutable<PartSource>[] }>()
    const usable = await this.#listUsable(caller, datasets)
    for (const dataset of datasets) {
      const connection = await this.#options.connections
        .find(caller.principal, dataset.connectionName)
        .catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'not_found') return null
          throw error
        })
      if (connection === null) continue
      const group = found.get(connection.id) ?? { connection, sources: [] }
      found.set(connection.id, group)
      const source = datasetSource(dataset)
      const isAdded = added?.has(dataset) ?? true
      const same = group.sources.find((each) => canonicalJson(each.source) === canonicalJson(source))
      if (same) {
        same.labels = [...same.labels, dataset.label]
        same.isAdded ||= isAdded
        continue
      }
      const standing = await this.#options.texts.findStanding(connection, source)
      group.sources.push({ source, standing, isAdded, labels: [dataset.label], isUsable: usable.has(dataset) })
    }
    // A connection of which nothing is new is read as it was, or stays closed.
    return [...found.values()].filter(({ sources }) => sources.some(({ isAdded }) => isAdded))
  }

  /**
   * Counts the rows of every source, as the publisher, the public and the connection's own login would see them. Whoever
   * helps with a map publishes what its owner may read, and learns by it of no row that they may not read themselves.
   */
  async #look(caller: UserCaller, request: PublicationRequest, parts: readonly Part[]): Promise<PublicationSource[]> {
    const work = parts.flatMap((part) => part.sources.map((each) => ({ part, ...each })))
    return Promise.all(
      work.map(async ({ isUsable, labels, part, source }): Promise<PublicationSource> => {
        const { connection, decision, policy } = part
        const refusal = !policy.allowed ? policy.reason : !decision.allowed ? decision.reason : null
        const isOwners = connection.ownerId === caller.principal.userId
        const readsOwn = connection.credentialPolicy === 'owner' || isOwners
        const count = async (open: () => Promise<GovernedWarehouse>): Promise<PublicationRows> =>
          isUsable ? this.#count(caller, connection, source, open) : { rows: null, unknown: NOT_SHARED }
        const context = { principal: caller.principal, requestId: caller.requestId, mapId: request.mapId }
        const asOwn = async () =>
          this.#options.connections.ownWarehouse(connection, { ...context, purpose: 'publication' })
        const asPublisher = () =>
          this.#options.connections.warehouse({ ...caller, mapId: request.mapId }, connection, 'publication')
        const publisher = await count(asPublisher)
        if (refusal !== null || !decision.allowed) {
          const unknown = { rows: null, unknown: refusal }
          return { labels: [...labels], connectionId: connection.id, publisher, public: unknown, widens: false }
        }
        const { publishedAs } = decision
        const isSame = publishedAs.kind === 'own' && readsOwn
        const seen = isSame
          ? publisher
          : await count(() =>
              publishedAs.kind === 'own'
                ? asOwn()
                : this.#options.connections.publishingWarehouse(caller, connection, publishedAs.loginId, request.mapId),
            )
        return {
          labels: [...labels],
          connectionId: connection.id,
          publisher,
          public: seen,
          widens: widensExposure(connection.credentialPolicy, publishedAs, {
            publisher: publisher.rows,
            public: seen.rows,
          }),
        }
      }),
    )
  }

  async #count(
    caller: UserCaller,
    connection: Connection,
    source: Source,
    open: () => Promise<GovernedWarehouse>,
  ): Promise<PublicationRows> {
    const { connections, texts } = this.#options
    const { compiler } = connections.findProvider(connection.providerId)
    const signal = AbortSignal.any([caller.signal, AbortSignal.timeout(COUNT_TIMEOUT_MS)])
    const options = { signal, timeoutMs: COUNT_TIMEOUT_MS }
    try {
      const warehouse = await open()
      const rows = await texts.use(connection, source, async (resolved) => {
        const description = await warehouse.describe(resolved, options)
        const { read, statement } = compiler.compileModel({
          ...{ model: 'formula', source: resolved, description, filters: {}, filtersLogicalOperator: 'and' },
          params: { operation: 'count', column: '*' },
        })
        const answer = read((await warehouse.run(statement, options)).rows)
        return answer.rows[0]?.value
      })
      return { rows: Number(rows), unknown: null }
    } catch (error) {
      if (caller.signal.aborted) throw error
      if (signal.aborted) return { rows: null, unknown: 'The warehouse did not count them in time.' }
      if (!(error instanceof AppError)) throw error
      // Whoever may not read a table sees none of its rows.
      if (error.code === 'warehouse_permission_denied') return { rows: 0, unknown: null }
      return { rows: null, unknown: error.code === 'internal' ? 'The rows could not be counted.' : error.message }
    }
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** Whether the public goes on reading a connection with the login that it reads it with now. */
function isReadAsBefore(facts: Omit<PublicationFacts, 'wish'>, decision: PublicationDecision): boolean {
  if (!decision.allowed) return false
  const { before, credentialPolicy, publishingLoginIds } = facts
  const { publishedAs } = decision
  // Nothing was chosen: it follows the connection, unless everybody reads that with a login of their own.
  if (before === null) return publishedAs.kind === 'own' && credentialPolicy === 'owner'
  if (before.kind === 'own') return publishedAs.kind === 'own'
  const isOpen = publishingLoginIds.includes(before.loginId)
  return isOpen && publishedAs.kind === 'login' && publishedAs.loginId === before.loginId
}

/** Stands for what was looked at: the logins, the sources, and what their names stand for. Tells nothing of their SQL. */
function versionOf(parts: readonly Part[]): string {
  const looked = parts.map(({ connection, decision, logins, sources }) => {
    const chosen = decision.allowed ? decision.publishedAs : null
    const login = chosen?.kind === 'login' ? logins.find(({ id }) => id === chosen.loginId) : undefined
    const { credentialPolicy, credentialVersion, id } = connection
    return {
      connection: { id, credentialPolicy, credentialVersion },
      chosen,
      login: login?.changedAt ?? null,
      sources: sources.map(({ labels, source, standing }) => ({ labels, source, standing })),
    }
  })
  return createHash('sha256').update(canonicalJson(looked)).digest('hex')
}

/** What somebody is told who looked at something else than what would be published now. */
export function changedSinceLook(): AppError {
  return new AppError('conflict', 'This map was changed since you looked at what the public would see; look again.', {
    details: { rule: 'publication.changed' },
  })
}

function factsOf({ connection }: Pick<Part, 'connection'>) {
  return { connectionName: connection.name, credentialPolicy: connection.credentialPolicy }
}

/** Whether the policies have a say: another login for what is public already is nothing new, unless it was closed. */
function isBound({ cause }: PublicationRequest, { before }: Pick<Part, 'before'>): boolean {
  return cause !== 'logins' || before === null || isClosed(before)
}

/** Whether the public reads with what everybody reads with, and did so before; `isSaid` asks about before as well. */
function isAsEverybody({ before, connection, decision }: Part, isSaid = true): boolean {
  const isOwn = decision.allowed && decision.publishedAs.kind === 'own'
  return isOwn && connection.credentialPolicy === 'owner' && !(isSaid && before !== null)
}

function readWish(loginId: string | null | undefined): PublishedAs | undefined {
  if (loginId === undefined) return undefined
  return loginId === null ? { kind: 'own' } : { kind: 'login', loginId }
}

function nameOfLogin({ decision, logins }: Part): string | null {
  if (!decision.allowed || decision.publishedAs.kind === 'own') return null
  const { loginId } = decision.publishedAs
  return logins.find(({ id }) => id === loginId)?.name ?? null
}
