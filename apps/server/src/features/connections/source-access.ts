import { AppError, ROLES, type Role } from '@graticule/contract'
import {
  ACTIONS_LENT_BY_MAPS,
  type Action,
  authorize,
  type ConnectionAsset,
  can,
  decideReads,
  grantsFreeSql,
  grantsTables,
  lends,
  type MapAsset,
  type Principal,
  type ShareableAsset,
  sourceSpelledOut,
  type TokenPrincipal,
  tokenReadsMap,
  type UserPrincipal,
} from '@graticule/policy'
import type { Source, Statement } from '@graticule/sql'
import type { StatementReads } from '@graticule/warehouses'
import type { Caller } from '../../http/caller.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import { type Connection, connectionAsset, connectionNames } from './connection.ts'
import type { ConnectionDirectory } from './connection-directory.ts'
import type { Asker, GrantedReads } from './granted-reads.ts'

/** What maps say about who may read which source. */
export interface MapSources {
  /** Grows with every change after which an earlier answer may no longer hold. */
  readonly version: number
  /** What rights to a map and through it rest on; null when there is no such map. */
  readMap(mapId: string): Promise<SharedMap | null>
  /** The owners of the maps that the person may open and that draw exactly this source. */
  listLenders(principal: UserPrincipal, names: readonly string[], source: Source): Promise<readonly Lender[]>
  /** Whether some map that the person may open draws anything from the connection, and so names it to them. */
  isNamedForPrincipal(principal: UserPrincipal, names: readonly string[]): Promise<boolean>
}

/** The owner of a map that draws a source; null for one who may not sign in any more, and so lends nothing. */
export interface Lender {
  readonly mapId: string
  readonly owner: UserPrincipal | null
}

/**
 * By what a person reads a source. `right`: theirs to the connection · `map`: a map that they may open says which source,
 * and their right to the connection the rest · `lent`: a map lends it, because its owner may read it.
 */
export interface SourceWay {
  readonly way: 'right' | 'map' | 'lent'
  /** The maps that have a part in it. */
  readonly mapIds: readonly string[]
}

/** A source of a map, and how a person who opens the map comes to its data. */
export interface ExplainedSource {
  readonly connectionName: string
  /** Null when it is gone. */
  readonly connection: Connection | null
  readonly source: Source
  /** Null when no statement would be sent; `public`: by the map's public link alone. */
  readonly way: SourceWay['way'] | 'public' | null
  /** What would make it one that is read; none where it is, or where its connection is gone. */
  readonly changes: readonly SourceChange[]
  /** Whether the map itself has a part in it, and not another one alone. */
  readonly isByThisMap: boolean
}

/** A single change after which somebody could read a source. */
export type SourceChange =
  | { readonly change: 'role'; readonly to: Role }
  /** The connection with the person themself. */
  | { readonly change: 'share-with-reader' }
  /** The connection with the owner of a map that reads the source and that the person may open. */
  | { readonly change: 'share-with-lender'; readonly owner: string }
  /** A map that the person may open reads the source; if it must lend it as well, its owner may use the connection. */
  | { readonly change: 'draw'; readonly mustLend: boolean }

/** How a person reads a source of a connection; what they are told and what would change it when they do not. */
export interface SourceExplanation {
  readonly connection: Connection
  readonly way: SourceWay['way'] | null
  readonly refusal: string | null
  readonly changes: readonly SourceChange[]
}

/** A source as a map's dataset names it. */
export interface MapSource {
  readonly connectionName: string
  readonly source: Source
}

/** A map as far as rights go. */
export interface SharedMap {
  readonly asset: MapAsset
  /** Null for an owner who may not sign in any more. */
  readonly owner: UserPrincipal | null
  readonly sources: readonly MapSource[]
}

/** Which sources are names for SQL that their users are not sent. */
export interface NamedSources {
  /** Grows with every change after which an earlier answer may no longer hold. */
  readonly version: number
  isNamed(connection: Connection, source: Source): Promise<boolean>
}

/** Called whenever somebody uses an asset; must be cheap. */
export type NoteUse = (principal: Principal, asset: ShareableAsset) => void

/** The actions through which data of one named source is read. */
export type SourceAction = Extract<Action, 'tile.read' | 'widget.read' | 'sql.run'>

/**
 * Decides whether a principal may read one source of one connection: policy on the connection first, then the source
 * itself against the grants of a token, the datasets of a public map, or the maps that a person may open. A map lends
 * its readers what its owner may read (ADR 0021).
 */
export class SourceAccess {
  readonly #directory: ConnectionDirectory
  readonly #maps: MapSources
  readonly #reads: () => GrantedReads
  readonly #named: NamedSources
  readonly #onUsed: NoteUse

  constructor(
    directory: ConnectionDirectory,
    maps: MapSources,
    reads: () => GrantedReads,
    named: NamedSources,
    onUsed: NoteUse,
  ) {
    this.#directory = directory
    this.#maps = maps
    this.#reads = reads
    this.#named = named
    this.#onUsed = onUsed
  }

  /** Grows with every change of a map or named source after which a right granted before may no longer hold. */
  get version(): number {
    return this.#maps.version + this.#named.version
  }

  /** The connection, when it may be used at all for the action; 401, 404 or 403 otherwise. */
  async authorizeConnection(principal: Principal, action: SourceAction, name: string): Promise<Connection> {
    if (principal.kind === 'anonymous') {
      throw new AppError('unauthenticated', 'Token not defined: send a token as "Authorization: Bearer …", or sign in.')
    }
    const connection = await this.#directory.find(principal.organizationId, name)
    if (!connection) throw connectionNotFound(name)
    if (await this.#knowsThroughMap(principal, action, connection)) return connection
    const asset = connectionAsset(connection)
    // In the same words for one that is not there and one that is not theirs to know of.
    if (!can(principal, 'connection.use', asset).allowed) throw connectionNotFound(name)
    authorize(principal, action, asset)
    if (action === 'sql.run') this.#onUsed(principal, asset)
    return connection
  }

  /** The connection, when this source of it may be read; 401, 404 or 403 otherwise. */
  async authorizeSource(asker: Asker, action: SourceAction, name: string, source: Source): Promise<Connection> {
    const { principal } = asker
    const needed = action === 'sql.run' && principal.kind === 'public-map' ? 'widget.read' : action
    const connection = await this.authorizeConnection(principal, needed, name)
    await this.requireSource(asker, needed, connection, source)
    return connection
  }

  /**
   * Throws `source_not_granted`, in the same words whether or not the source exists, and says what is missing. Who has no
   * right to the connection and meets it in maps alone is told what they are told of a source that is not there.
   */
  async requireSource(asker: Asker, action: SourceAction, connection: Connection, source: Source): Promise<void> {
    if (!(await this.#mayReadSource(asker, action, connection, source))) {
      throw await this.#refuse(asker.principal, action, connection, source)
    }
    this.noteUse(asker.principal, connection)
  }

  /**
   * What somebody is told who may not read a source. Whoever made a map that draws it put the connection there, and learns
   * that they lack it; of any other source nobody learns anything.
   */
  async #refuse(principal: Principal, action: SourceAction, connection: Connection, source: Source): Promise<AppError> {
    const isMissing = principal.kind === 'user' && !can(principal, action, connectionAsset(connection)).allowed
    const lenders = isMissing ? await this.#maps.listLenders(principal, connectionNames(connection), source) : []
    const isOfTheirMap = isMissing && lenders.some(({ owner }) => owner?.userId === principal.userId)
    return isOfTheirMap ? refuseLending(connection) : refuseSource(principal, action, connection, source)
  }

  /** Throws unless the principal may write expressions in SQL at all; what they read is for `requireReads`. */
  requireExpressions(principal: Principal, connection: Connection): void {
    if (this.mayRunFreeSql(principal, connection)) return
    if (principal.kind === 'token' && grantsTables(principal.grants, connectionNames(connection))) return
    throw new AppError('forbidden', 'Expressions written in SQL need the right to run any SQL on this connection.')
  }

  /**
   * Throws `source_not_granted` unless a statement that carries SQL of the asker's own, inside of the one that we made,
   * reads nothing but what they may read.
   */
  async requireReads(asker: Asker, connection: Connection, statement: Statement): Promise<void> {
    const { principal } = asker
    this.requireExpressions(principal, connection)
    if (principal.kind !== 'token' || this.mayRunFreeSql(principal, connection)) return
    if (await this.#areReadsGranted(principal, connection, () => this.#reads().list(asker, connection, statement)))
      return
    throw new AppError('source_not_granted', 'Forbidden: this source is not among those that you may read.')
  }

  /**
   * Whether the principal may run SQL that nobody approved before: people whose role allows it, and tokens with a `*`
   * grant. Expressions inside of widget requests are such SQL too.
   */
  mayRunFreeSql(principal: Principal, connection: Connection): boolean {
    switch (principal.kind) {
      case 'user':
        return can(principal, 'sql.run', connectionAsset(connection)).allowed
      case 'token':
        return grantsFreeSql(principal.grants, connectionNames(connection))
      case 'public-map':
      case 'anonymous':
        return false
    }
  }

  /**
   * The caller, whose statements carry the map that the request names. A name is a claim: it counts when the principal
   * may open a map of that id in the same organization, and is left out otherwise.
   */
  async nameMap(caller: Caller, mapId: string | undefined): Promise<Caller> {
    return mapId !== undefined && (await this.mayOpenMap(caller.principal, mapId)) ? { ...caller, mapId } : caller
  }

  /** Whether a request may say that it is made for this map. */
  async mayOpenMap(principal: Principal, mapId: string): Promise<boolean> {
    if (principal.kind === 'anonymous') return false
    // The token of a public map stands for that one map, which its statements carry in any case.
    if (principal.kind === 'public-map') return principal.mapId === mapId
    const map = await this.#maps.readMap(mapId)
    if (map?.asset.organizationId !== principal.organizationId) return false
    if (can(principal, 'map.read', map.asset).allowed) return true
    if (principal.kind === 'user') return false
    const sources = await Promise.all(
      map.sources.map(async ({ connectionName, source }) => {
        const connection = await this.#directory.find(principal.organizationId, connectionName)
        return { connectionNames: connection ? connectionNames(connection) : [connectionName], source }
      }),
    )
    return tokenReadsMap(principal, map.asset.organizationId, sources)
  }

  /** How a person comes to the data of each source of a map that they may open: by what every request is decided with. */
  async explainMap(person: UserPrincipal, mapId: string): Promise<ExplainedSource[]> {
    const map = await this.#maps.readMap(mapId)
    return Promise.all(
      (map?.sources ?? []).map(async ({ connectionName, source }) => {
        const connection = await this.#directory.find(person.organizationId, connectionName)
        const found = connection && (await this.#findWay(person, 'tile.read', connection, source))
        const byLink = connection && map?.asset.audience.public ? 'public' : null
        const isByThisMap = found?.mapIds.includes(mapId) ?? true
        const way = found?.way ?? byLink
        const isMissing = way === null && connection !== null
        const all = isMissing ? await this.#listChanges(person, 'tile.read', connection, source) : []
        // Whose other map draws it is not for everybody to know who may ask about this one.
        const changes = all.filter((one) => one.change !== 'share-with-lender' || one.owner === map?.asset.ownerId)
        return { connectionName, connection, source, way, changes, isByThisMap }
      }),
    )
  }

  /** Whether and how a person reads one source of a connection, by what every request is decided with; null: it is gone. */
  async explainSource(
    person: UserPrincipal,
    action: SourceAction,
    connectionId: string,
    source: Source,
  ): Promise<SourceExplanation | null> {
    const connection = await this.#directory.find(person.organizationId, connectionId)
    if (connection === null) return null
    const found = await this.#findWay(person, action, connection, source)
    if (found !== null) return { connection, way: found.way, refusal: null, changes: [] }
    return {
      connection,
      way: null,
      refusal: (await this.#refuse(person, action, connection, source)).message,
      changes: await this.#listChanges(person, action, connection, source),
    }
  }

  /** Every single change after which a person could read a source that they cannot read. */
  async #listChanges(
    person: UserPrincipal,
    action: SourceAction,
    connection: Connection,
    source: Source,
  ): Promise<SourceChange[]> {
    const asset = connectionAsset(connection)
    const free = freeReading(source)
    const lenders = await this.#maps.listLenders(person, connectionNames(connection), source)
    const sharedWith = ({ userId }: UserPrincipal): ConnectionAsset => ({
      ...asset,
      audience: { ...asset.audience, userIds: [...asset.audience.userIds, userId] },
    })
    const mayDraw = can(person, action, asset).allowed
    const roles = ROLES.filter((role) => can({ ...person, role }, free, asset).allowed)
    const changes = roles.map((to): SourceChange => ({ change: 'role', to }))
    const theirs = sharedWith(person)
    if (can(person, free, theirs).allowed || (lenders.length > 0 && can(person, action, theirs).allowed)) {
      changes.push({ change: 'share-with-reader' })
    }
    const owners = new Map(lenders.flatMap(({ owner }) => (owner === null ? [] : [[owner.userId, owner] as const])))
    for (const owner of owners.values()) {
      if (lends(owner, action, free, sharedWith(owner)))
        changes.push({ change: 'share-with-lender', owner: owner.userId })
    }
    if (lenders.length === 0 && (mayDraw || ACTIONS_LENT_BY_MAPS.has(action))) {
      changes.push({ change: 'draw', mustLend: !mayDraw })
    }
    return changes
  }

  /** Whether maps lend somebody sources of a connection that is not theirs to use. */
  async isLent(person: UserPrincipal, action: Action, asset: ConnectionAsset): Promise<boolean> {
    return ACTIONS_LENT_BY_MAPS.has(action) && this.#maps.isNamedForPrincipal(person, asset.names)
  }

  /** The connection, when the person may use it or meets it in a map; throws `not_found` otherwise. */
  async requireKnown(person: UserPrincipal, idOrName: string): Promise<Connection> {
    const connection = await this.#directory.find(person.organizationId, idOrName)
    if (!connection) throw connectionNotFound(idOrName)
    const asset = connectionAsset(connection)
    if (can(person, 'connection.use', asset).allowed) return connection
    if (await this.#maps.isNamedForPrincipal(person, asset.names)) return connection
    throw connectionNotFound(idOrName)
  }

  async #findWay(
    person: UserPrincipal,
    action: SourceAction,
    connection: Connection,
    source: Source,
  ): Promise<SourceWay | null> {
    const asset = connectionAsset(connection)
    const free = freeReading(source)
    if (can(person, free, asset).allowed) return { way: 'right', mapIds: [] }
    const lenders = await this.#maps.listLenders(person, connectionNames(connection), source)
    // Who may draw the connection needs a map that says which source; who may not, one whose owner lends it as well.
    const mayDraw = can(person, action, asset).allowed
    const mapIds = lenders
      .filter(({ owner }) => mayDraw || (owner !== null && lends(owner, action, free, asset)))
      .map(({ mapId }) => mapId)
    return mapIds.length === 0 ? null : { way: mayDraw ? 'map' : 'lent', mapIds }
  }

  /** Notes that somebody was let in to the data of a connection. */
  noteUse(principal: Principal, connection: Connection): void {
    this.#onUsed(principal, connectionAsset(connection))
  }

  /** Whether somebody without a right of their own meets the connection in a map; the source is still to be checked. */
  async #knowsThroughMap(principal: Principal, action: SourceAction, connection: Connection): Promise<boolean> {
    if (principal.kind !== 'user' || !ACTIONS_LENT_BY_MAPS.has(action)) return false
    if (can(principal, action, connectionAsset(connection)).allowed) return false
    return this.#maps.isNamedForPrincipal(principal, connectionNames(connection))
  }

  /**
   * What a token reads is what its warehouse says, so that a name inside of SQL is worth what it is worth by itself.
   * Throws when all of it is granted and it does something else that is not.
   */
  async #areReadsGranted(
    token: TokenPrincipal,
    connection: Connection,
    listReads: () => Promise<StatementReads>,
  ): Promise<boolean> {
    const reads = await listReads().catch((error: unknown) => {
      // Not even an error may tell whether something exists that is not theirs to know of.
      if (error instanceof AppError && REVEALING.has(error.code)) return null
      throw error
    })
    if (reads === null) return false
    const { allowed, reason, rule } = decideReads(token.grants, connectionNames(connection), reads)
    if (!allowed && rule !== 'grant.source') throw new AppError('source_not_granted', reason, { details: { rule } })
    return allowed
  }

  async #mayReadSource(asker: Asker, action: SourceAction, connection: Connection, source: Source): Promise<boolean> {
    const { principal } = asker
    const names = connectionNames(connection)
    switch (principal.kind) {
      case 'user':
        return (await this.#findWay(principal, action, connection, source)) !== null
      case 'token':
        if (sourceSpelledOut(principal.grants, names, source)) return true
        if (!grantsTables(principal.grants, names)) return false
        // A name is granted as the name that it is, also where a granted table has the same one.
        if (await this.#named.isNamed(connection, source)) return false
        return this.#areReadsGranted(principal, connection, () =>
          this.#reads().listOfSource(asker, connection, source, action === 'sql.run'),
        )
      case 'public-map': {
        const map = await this.#maps.readMap(principal.mapId)
        if (map?.asset.audience.public !== true) return false
        const free = source.type === 'query' ? 'sql.run' : 'data.browse'
        // The link gives the world what its maker may give: it ends with their right to the connection.
        if (map.owner === null || !lends(map.owner, action, free, connectionAsset(connection))) return false
        return map.sources.some((drawn) => names.includes(drawn.connectionName) && isSameSource(drawn.source, source))
      }
      case 'anonymous':
        return false
    }
  }
}

/** The action of whoever reads such a source without a map that says so. */
function freeReading(source: Source): 'sql.run' | 'data.browse' {
  return source.type === 'query' ? 'sql.run' : 'data.browse'
}

/** What somebody is told whose own map draws from a connection that they may not use, or not any more. */
function refuseLending({ name }: Connection): AppError {
  return new AppError(
    'source_not_granted',
    `The connection "${name}" that your map draws from is not shared with you. Ask its owner to share it, or let the map draw from another one.`,
    { details: { rule: 'source.connection', connection: name } },
  )
}

/** What somebody is told who may not read a source, from the request alone. */
function refuseSource(principal: Principal, action: SourceAction, connection: Connection, source: Source): AppError {
  if (principal.kind === 'user' && !can(principal, action, connectionAsset(connection)).allowed) return sourceNotFound()
  const [name] = connectionNames(connection)
  const what = source.type === 'table' ? source.name : 'the query'
  const changes: Readonly<Record<Principal['kind'], string>> = {
    user: `A map that you may open would have to read ${what} of the connection "${name}".`,
    token: `The token would need a grant on ${what} of the connection "${name}".`,
    'public-map': `The map would have to read ${what} of the connection "${name}".`,
    anonymous: 'Sign in, or send a token.',
  }
  const details = { rule: 'source.grant', connection: name, source: what, change: changes[principal.kind] }
  return new AppError('source_not_granted', 'Forbidden: this source is not among those that you may read.', { details })
}

/** Of a source that is not there, and of one that is not for somebody to know of. */
export function sourceNotFound(): AppError {
  return new AppError('not_found', 'This source is not known here. Open it again from its table or query.')
}

/** Whether two sources read the same thing: the same table, or the same SQL with the same parameters. */
export function isSameSource(a: Source, b: Source): boolean {
  if (a.type === 'table') return b.type === 'table' && a.name === b.name
  return (
    b.type === 'query' && a.sql === b.sql && canonicalJson(a.parameters ?? null) === canonicalJson(b.parameters ?? null)
  )
}

/** What a warehouse says of a statement that it has understood in part. */
const REVEALING: ReadonlySet<string> = new Set([
  'invalid_query',
  'table_not_found',
  'column_not_found',
  'warehouse_permission_denied',
])

function connectionNotFound(name: string): AppError {
  return new AppError('not_found', `There is no connection called "${name}", or you may not use it.`)
}
