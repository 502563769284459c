import { AppError, ROLES, type Role } from '@graticule/contract'
import {
  ACTIONS_LENT_BY_MAPS,
  type Action,
  authorize,
  type ConnectionAsset,
  can,
  type DeclaredUse,
  decideReads,
  decideSourceByGrants,
  decideUse,
  grantsFreeSql,
  grantsTables,
  lends,
  type MapAsset,
  type Principal,
  type PublicMapPrincipal,
  type PublishedAs,
  type ShareableAsset,
  type SourceUse,
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
  /**
   * The query of a connection that the handle stands for which a map gives its readers instead of SQL; null when no map
   * has it now, undefined for a text that is no handle. Knowing one gives no right.
   */
  findQuery(text: string, names: readonly string[]): Promise<HandledQuery | null> | undefined
}

/** The query behind a handle, and the map that gave it. */
export interface HandledQuery {
  readonly mapId: string
  readonly source: Source
}

/** The owner of a map that draws a source; null for one who may not sign in any more, and so lends nothing. */
export interface Lender {
  readonly mapId: string
  readonly owner: UserPrincipal | null
  /** What the map says of it, once for each dataset that reads it. */
  readonly uses: readonly DeclaredUse[]
}

/** A map by which a source is read, and what it declares of it. */
export interface MapUse {
  readonly mapId: string
  readonly use: DeclaredUse
}

/** A right to read a source that was asked for. */
export interface SourceRight {
  readonly connection: Connection
  /** What is read: of a handle, the query that it stands for. */
  readonly source: Source
  /** The map whose handle stood for it. */
  readonly mapId: string | undefined
  /** By which maps it is read, of those that declare what is asked; null when no map is needed, and nothing bounds it. */
  readonly declared: readonly MapUse[] | null
}

/** `spelled`: the request says what the source is. `address`: it has an address that was made for somebody. */
export type NamedBy = 'spelled' | 'address'

/**
 * By what a person reads a source. `right`: theirs to the connection · `map`: a map that they may open says which source,
 * and their right to the connection the rest · `lent`: a map lends it, because its owner may read it.
 */
export interface SourceWay {
  readonly way: 'right' | 'map' | 'lent'
  /** The maps that have a part in it. */
  readonly mapIds: readonly string[]
  /** What they declare of it. */
  readonly uses: readonly MapUse[]
}

/**
 * By what whoever is no person reads a source. `public`: the public link of the map · `granted`: a grant of the API token
 * spells it out · `checked`: grants of the token name tables, and the warehouse tells whether it reads nothing else.
 */
type ProgramWay = 'public' | 'granted' | 'checked'

/** A source of a map, and how whoever opens the map comes to its data. */
export interface ExplainedSource {
  readonly connectionName: string
  /** Null when it is gone. */
  readonly connection: Connection | null
  readonly source: Source
  /** Null when no statement would be sent; of a person, `public`: by the map's public link alone. */
  readonly way: SourceWay['way'] | ProgramWay | null
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
  readonly use: DeclaredUse
}

/** A map as far as rights go. */
export interface SharedMap {
  readonly asset: MapAsset
  /** Null for an owner who may not sign in any more. */
  readonly owner: UserPrincipal | null
  readonly sources: readonly MapSource[]
  /** By the ids of connections, what its public link reads them with; nothing while it is not public. */
  readonly publishedAs: ReadonlyMap<string, PublishedAs>
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
    if (action === 'sql.run') requireSqlOfOnesOwn(principal, asset)
    authorize(principal, action, asset)
    if (action === 'sql.run') this.#onUsed(principal, asset)
    return connection
  }

  /** The right to do this with this source of the connection; throws 401, 404 or 403 without it. */
  async authorizeSource(
    asker: Asker,
    action: SourceAction,
    name: string,
    source: Source,
    use: SourceUse,
  ): Promise<SourceRight> {
    const { principal } = asker
    const needed = action === 'sql.run' && principal.kind === 'public-map' ? 'widget.read' : action
    const connection = await this.authorizeConnection(principal, needed, name)
    return this.requireSource(asker, needed, connection, source, use)
  }

  /**
   * Throws `not_in_map` for who reads through maps alone and asks for what none of them declares, and `source_not_granted`
   * for tokens; in the same words whether or not the source exists. Of an address that somebody else was given, who has no
   * right to the connection is told what they are told of one that is not there.
   */
  async requireSource(
    asker: Asker,
    action: SourceAction,
    connection: Connection,
    source: Source,
    use: SourceUse,
    namedBy: NamedBy = 'spelled',
  ): Promise<SourceRight> {
    const { principal } = asker
    const right = await this.#findRight(asker, action, connection, source)
    if (right === null) throw await this.#refuse(principal, action, connection, source, namedBy)
    const declared = right.declared?.filter((each) => decideUse(each.use, use).allowed) ?? null
    if (declared?.length === 0) throw refuseUse(principal, action, connection, right.declared ?? [], use, namedBy)
    this.noteUse(principal, connection)
    return { ...right, declared }
  }

  /**
   * What somebody is told who may not read a source. Whoever made a map that draws it put the connection there, and learns
   * that they lack it; of any other source nobody learns anything.
   */
  async #refuse(
    principal: Principal,
    action: SourceAction,
    connection: Connection,
    source: Source,
    namedBy: NamedBy,
  ): Promise<AppError> {
    const isMissing = principal.kind === 'user' && !can(principal, action, connectionAsset(connection)).allowed
    const lenders = isMissing ? await this.#maps.listLenders(principal, connectionNames(connection), source) : []
    const isOfTheirMap = isMissing && lenders.some(({ owner }) => owner?.userId === principal.userId)
    return isOfTheirMap ? refuseLending(connection) : refuseSource(principal, action, connection, source, namedBy)
  }

  /** Throws unless the principal may write expressions in SQL at all; what they read is for `requireReads`. */
  requireExpressions(principal: Principal, connection: Connection): void {
    if (this.mayRunFreeSql(principal, connection)) return
    if (principal.kind === 'token' && grantsTables(principal.grants, connectionNames(connection))) return
    throw new AppError('forbidden', 'Expressions written in SQL need the right to run any SQL on this connection.', {
      details: { rule: 'source.sql' },
    })
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
    throw new AppError('source_not_granted', 'Forbidden: this source is not among those that you may read.', {
      details: { rule: 'source.grant' },
    })
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
        const byLink =
          connection && map && drawnByLink(map, 'tile.read', connection, source).length > 0 ? 'public' : null
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

  /** How an API token, or whoever has nothing but the public link, comes to the data of each source of a map. */
  async explainMapOfProgram(reader: TokenPrincipal | PublicMapPrincipal, mapId: string): Promise<ExplainedSource[]> {
    const map = await this.#maps.readMap(mapId)
    if (map === null) return []
    const findWay = async (connection: Connection, source: Source): Promise<ProgramWay | null> => {
      if (reader.kind === 'token') return this.#findWayOfToken(reader, connection, source)
      return drawnByLink(map, 'tile.read', connection, source).length > 0 ? 'public' : null
    }
    return Promise.all(
      map.sources.map(async ({ connectionName, source }) => {
        const connection = await this.#directory.find(reader.organizationId, connectionName)
        const way = connection && (await findWay(connection, source))
        return { connectionName, connection, source, way, changes: [], isByThisMap: true }
      }),
    )
  }

  /** By what every request of a token is decided with, up to what its warehouse alone can tell. */
  async #findWayOfToken(
    token: TokenPrincipal,
    connection: Connection,
    source: Source,
  ): Promise<'granted' | 'checked' | null> {
    return can(token, 'tile.read', connectionAsset(connection)).allowed
      ? this.#findGrant(token, connection, source)
      : null
  }

  /** What a token's grants say about one source of a connection; undefined: there is no such connection. */
  async explainSourceOfToken(
    token: TokenPrincipal,
    connectionId: string,
    source: Source,
  ): Promise<'granted' | 'checked' | null | undefined> {
    const connection = await this.#directory.find(token.organizationId, connectionId)
    return connection === null ? undefined : this.#findGrant(token, connection, source)
  }

  /** The one place that says what a token's grants are worth for a source, to requests and to explanations of them. */
  async #findGrant(
    token: TokenPrincipal,
    connection: Connection,
    source: Source,
  ): Promise<'granted' | 'checked' | null> {
    const found = decideSourceByGrants(token.grants, connectionNames(connection), source)
    // A name is granted as the name that it is, also where a granted table has the same one.
    return found === 'checked' && (await this.#named.isNamed(connection, source)) ? null : found
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
      refusal: (await this.#refuse(person, action, connection, source, 'spelled')).message,
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
    if (can(person, free, asset).allowed) return { way: 'right', mapIds: [], uses: [] }
    const lenders = await this.#maps.listLenders(person, connectionNames(connection), source)
    // Who may draw the connection needs a map that says which source; who may not, one whose owner lends it as well.
    const mayDraw = can(person, action, asset).allowed
    const lending = lenders.filter(({ owner }) => mayDraw || (owner !== null && lends(owner, action, free, asset)))
    if (lending.length === 0) return null
    return {
      way: mayDraw ? 'map' : 'lent',
      mapIds: lending.map(({ mapId }) => mapId),
      uses: lending.flatMap(({ mapId, uses }) => uses.map((use) => ({ mapId, use }))),
    }
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

  /** By which right a source is read, whatever is asked of it; null without one. */
  async #findRight(
    asker: Asker,
    action: SourceAction,
    connection: Connection,
    asked: Source,
  ): Promise<SourceRight | null> {
    const { principal } = asker
    const names = connectionNames(connection)
    const handled = asked.type === 'query' ? await this.#maps.findQuery(asked.sql, names) : undefined
    if (handled === null) return null
    // Who may not open the map that gave a handle has it from somebody else.
    if (handled !== undefined && !(await this.mayOpenMap(principal, handled.mapId))) return null
    const { mapId, source } = handled ?? { mapId: undefined, source: asked }
    // The handle stands for the query with its parameters, so that a request may repeat them at most.
    if (handled !== undefined && !repeatsParameters(asked, source)) return null
    const right = { connection, source, mapId }
    switch (principal.kind) {
      case 'user': {
        const found = await this.#findWay(principal, action, connection, source)
        return found && { ...right, declared: found.way === 'right' ? null : found.uses }
      }
      case 'token': {
        const found = await this.#findGrant(principal, connection, source)
        if (found === null) return null
        if (found === 'granted') return { ...right, declared: null }
        const isGranted = await this.#areReadsGranted(principal, connection, () =>
          this.#reads().listOfSource(asker, connection, source, action === 'sql.run'),
        )
        return isGranted ? { ...right, declared: null } : null
      }
      case 'public-map': {
        const map = await this.#maps.readMap(principal.mapId)
        const drawn = map === null ? [] : drawnByLink(map, action, connection, source)
        if (drawn.length === 0) return null
        return { ...right, declared: drawn.map(({ use }) => ({ mapId: principal.mapId, use })) }
      }
      case 'anonymous':
        return null
    }
  }
}

/**
 * Who may draw a connection and lacks SQL because of their role reads what maps hold, and is told so; throws `not_in_map`.
 */
function requireSqlOfOnesOwn(principal: Principal, asset: ConnectionAsset): void {
  if (principal.kind !== 'user') return
  const { allowed, reason, rule } = can(principal, 'sql.run', asset)
  if (!allowed && rule.startsWith('role.')) throw new AppError('not_in_map', reason, { details: { rule } })
}

/** Where a map draws a source that its public link gives the world. */
function drawnByLink(
  { asset, owner, sources }: SharedMap,
  action: SourceAction,
  connection: Connection,
  source: Source,
): MapSource[] {
  // The link gives what the map's maker may give: it ends with their right to the connection.
  const isGiven =
    asset.audience.public && owner !== null && lends(owner, action, freeReading(source), connectionAsset(connection))
  if (!isGiven) return []
  const names = connectionNames(connection)
  return sources.filter((each) => names.includes(each.connectionName) && isSameSource(each.source, source))
}

/** The action of whoever reads such a source without a map that says so. */
function freeReading(source: Source): 'sql.run' | 'data.browse' {
  return source.type === 'query' ? 'sql.run' : 'data.browse'
}

/** What somebody is told whose own map draws from a connection that they may not use, or not any more. */
function refuseLending({ name }: Connection): AppError {
  return new AppError(
    'source_not_granted',
    `The connection "${name}" that your map draws from is not shared with you; ask its owner to share it, or let the map draw from another one.`,
    { details: { rule: 'source.connection', connection: name } },
  )
}

/** What somebody is told who may not read a source, from the request alone. */
function refuseSource(
  principal: Principal,
  action: SourceAction,
  connection: Connection,
  source: Source,
  namedBy: NamedBy,
): AppError {
  const isKnown = knowsConnection(principal, action, connection)
  if (!isKnown && namedBy === 'address') return sourceNotFound()
  const rule = 'source.grant' as const
  // In the same words for one that is not there and one that is not theirs to know of.
  if (!isKnown) return new AppError('not_in_map', NOT_IN_MAP, { details: { rule } })
  const [name] = connectionNames(connection)
  const what = source.type === 'table' ? source.name : 'the query'
  const changes: Readonly<Record<Principal['kind'], string>> = {
    user: `A map that you may open would have to read ${what} of the connection "${name}".`,
    token: `The token would need a grant on ${what} of the connection "${name}".`,
    'public-map': `The map would have to read ${what} of the connection "${name}".`,
    anonymous: 'Sign in, or send a token.',
  }
  const details = { rule, connection: name, source: what, change: changes[principal.kind] }
  if (principal.kind === 'user' || principal.kind === 'public-map') {
    return new AppError('not_in_map', NOT_IN_MAP, { details })
  }
  return new AppError('source_not_granted', 'Forbidden: this source is not among those that you may read.', { details })
}

/** What somebody is told who may read a source through maps, and asks for what none of them declares. */
function refuseUse(
  principal: Principal,
  action: SourceAction,
  connection: Connection,
  declared: readonly MapUse[],
  use: SourceUse,
  namedBy: NamedBy,
): AppError {
  if (namedBy === 'address' && !knowsConnection(principal, action, connection)) return sourceNotFound()
  const [first] = declared
  const decision = first ? decideUse(first.use, use) : null
  if (decision === null || decision.allowed) {
    return new AppError('not_in_map', NOT_IN_MAP, { details: { rule: 'source.grant' } })
  }
  return new AppError('not_in_map', decision.reason, { details: { rule: decision.rule } })
}

/** Whether somebody knows of the connection by more than a map that lends them some of it. */
function knowsConnection(principal: Principal, action: SourceAction, connection: Connection): boolean {
  return principal.kind !== 'user' || can(principal, action, connectionAsset(connection)).allowed
}

const NOT_IN_MAP =
  'No map that you may open shows this source now, so nothing was asked of the warehouse; load the map again, or ask its author to add it.'

/** Of a source that is not there, and of one that is not for somebody to know of. */
export function sourceNotFound(): AppError {
  return new AppError('not_found', 'This source is not known here; open it again from its table or query.')
}

/** Whether two sources read the same thing: the same table, or the same SQL with the same parameters. */
export function isSameSource(a: Source, b: Source): boolean {
  if (a.type === 'table') return b.type === 'table' && a.name === b.name
  return (
    b.type === 'query' && a.sql === b.sql && canonicalJson(a.parameters ?? null) === canonicalJson(b.parameters ?? null)
  )
}

function repeatsParameters(asked: Source, source: Source): boolean {
  if (asked.type !== 'query' || asked.parameters === undefined) return true
  return source.type === 'query' && canonicalJson(asked.parameters) === canonicalJson(source.parameters ?? null)
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
