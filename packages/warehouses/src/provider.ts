import type {
  CatalogSchema,
  CatalogTable,
  ConnectionLogin,
  EgressTarget,
  Extent,
  GeometryStats,
  GrantPurpose,
  GrantReport,
  PostureReport,
  SchemaField,
  SourceDescription,
  SpatialColumn,
  TileAdvice,
  WidgetModelName,
  WidgetModelResponse,
} from '@graticule/contract'
import type {
  ColumnStatsRequest,
  Compiled,
  ExtentRequest,
  ModelRequest,
  QueryRequest,
  Source,
  Statement,
  TileRequest,
} from '@graticule/sql'
import type { TileFeatures } from '@graticule/tiles'
import type { TSchema } from 'typebox'

/** What a kind of warehouse can do. A false is written down and tested as such, never skipped. */
export interface Capabilities {
  /** A running statement can be cancelled from outside without hurting others. */
  readonly supportsCancel: boolean
  /** The server itself ends a statement that runs too long. */
  readonly supportsStatementTimeout: boolean
  /** Each person may bring an own database login. */
  readonly supportsViewerCredentials: boolean
  /** Rows can be read as a stream through a cursor. */
  readonly supportsStreaming: boolean
}

/** JSON-safe notes that say how to read the single row of a tile statement; travels to worker threads. */
export type TileLayout = Readonly<Record<string, unknown>>

export interface CompiledTile {
  readonly statement: Statement
  readonly layout: TileLayout
}

/**
 * Compiling: pure, no sockets, testable without a warehouse. The dialect lives behind these functions.
 * All throw AppError (`column_not_found`, `invalid_request`) for a request that cannot be compiled.
 */
export interface Compiler {
  compileTile(request: TileRequest): CompiledTile
  /** Reads the row of a tile statement, as raw text cells, into columns. Pure; also called in worker threads. */
  decodeTile(layout: TileLayout, row: readonly (string | null)[]): TileFeatures
  compileModel<Name extends WidgetModelName>(request: ModelRequest<Name>): Compiled<WidgetModelResponse>
  /** The answer is the body of `/v3/stats/…`: `{attribute, type, …}`. */
  compileColumnStats(request: ColumnStatsRequest): Compiled<Record<string, unknown>>
  /** Where the data lie: of every map that is opened, so no more than that. Null without a geometry. */
  compileExtent(request: ExtentRequest): Compiled<Extent | null>
  /** The part of `/v3/stats/…` that a geometry column has of its own. Null without a geometry. */
  compileGeometryStats(request: ExtentRequest): Compiled<GeometryStats | null>
  compileQuery(request: QueryRequest): Statement
  /** Reads all of a source, with its query in the place that it has in the statements above. */
  compileSource(source: Source): Statement
}

/** What a statement reads with the rights of somebody else than its login. */
export interface ForeignRights {
  /** Views, copies and functions by which it does, quoted and with their schemas. */
  readonly objects: readonly string[]
  /** Whether it reads what could not be looked into, as a statement does that is no query. */
  readonly hasUnknown: boolean
  /** Functions that it calls and that may read more than they are handed, by name. */
  readonly opaqueFunctions: readonly string[]
}

export interface RunOptions {
  /** Aborting cancels the statement in the warehouse, not just the wait for it. */
  readonly signal?: AbortSignal
  readonly timeoutMs: number
  /** One row more than this is the error `result_too_large`. */
  readonly maxRows?: number
  /**
   * Handed what the statement reads with the rights of somebody else, before it is run; throws to keep it from being run.
   * The answer of the warehouse is believed for a few seconds.
   */
  readonly admitRights?: (rights: ForeignRights) => void
  /** Put before the statement as a comment: who asked, for what. Never contains user text unescaped. */
  readonly attribution?: Readonly<Record<string, string>>
}

export interface ResultSet {
  readonly fields: readonly SchemaField[]
  /** Numbers are numbers, integers beyond 2^53 strings, timestamps ISO strings, geometry GeoJSON geometries. */
  readonly rows: readonly Record<string, unknown>[]
  /** Rows touched, for statements that return none. */
  readonly rowCount: number
}

/** The steps of connecting, in order: which one failed stands in the `details` of the error as `step`. */
export type ConnectStep = 'dns' | 'tcp' | 'tls' | 'authentication' | 'database' | 'postgis'

/** Something that the connection works without, but not all that a workspace does with it. */
export interface ConnectWarning {
  readonly step: ConnectStep
  /** One sentence that says what is missing and what to do. */
  readonly sentence: string
}

/** A table or view as the warehouse resolved its name. */
export interface ReadRelation {
  readonly schema: string
  readonly name: string
  /** Whether it is of the warehouse itself or of an extension, such as its catalogue, and so never meant by a wildcard. */
  readonly isSystem: boolean
}

/** What a statement reads, as the warehouse itself understands it. */
export interface StatementReads {
  /** Views count as what they are named, not as what they read. */
  readonly relations: readonly ReadRelation[]
  /** Whether it reads what could not be named. */
  readonly hasUnknown: boolean
  /** Functions that it calls and that may read more than they are handed, by name. */
  readonly opaqueFunctions: readonly string[]
  /** False for what writes, locks or is no query. */
  readonly isReadOnly: boolean
}

/** Running: one database identity's open door to one warehouse. Holds the pool; every call takes a signal. */
export interface Warehouse {
  readonly capabilities: Capabilities
  /** Server version and PostGIS version (or the like), for the connection page. */
  readonly version: string
  /** What was found wanting when it was opened. */
  readonly warnings: readonly ConnectWarning[]
  run(statement: Statement, options: RunOptions): Promise<ResultSet>
  /** Runs a statement whose answer is one row and returns its cells as the wire's text. */
  runRaw(statement: Statement, options: RunOptions): Promise<readonly (string | null)[]>
  /** Batches of rows, never more than `batchSize` in memory; ends the statement when the loop is left. */
  stream(statement: Statement, options: RunOptions & { readonly batchSize?: number }): AsyncIterable<ResultSet>
  listSchemas(options: RunOptions): Promise<readonly CatalogSchema[]>
  listTables(schema: string, options: RunOptions): Promise<readonly CatalogTable[]>
  /** `table_not_found` when the source names no table, `invalid_query` when the SQL does not parse. */
  describe(source: Source, options: RunOptions): Promise<SourceDescription>
  /**
   * What a column, or a pair `longitude,latitude`, holds that `describe` did not detect. `column_not_found` for a name
   * that the source lacks, `invalid_request` with a sentence when the values are no geometry.
   */
  describeSpatialChoice(
    source: Source,
    description: SourceDescription,
    spatialDataColumn: string,
    options: RunOptions,
  ): Promise<SpatialColumn>
  /** Closes one socket that nothing runs on, if there is one; resolves when the server has let go of it. */
  closeIdleSocket(): Promise<void>
  /** What this login can do that a viewer's login should not, and what it is shown that policies would hide. */
  checkPosture(options: RunOptions): Promise<PostureReport>
  /** The rights that the login needs for a purpose in those schemas, and how far it is from having exactly those. */
  checkGrants(request: GrantRequest, options: RunOptions): Promise<GrantReport>
  /** Why the tiles of a source are slow under this login, with the one script that mends it. Reads no row but one. */
  adviseOnTiles(request: AdviceRequest, options: RunOptions): Promise<TileAdvice>
  /** What the statement reads, without running any of it. `invalid_query` and the like when it cannot be understood. */
  listReads(statement: Statement, options: RunOptions): Promise<StatementReads>
  close(): Promise<void>
}

/** What is drawn, and by which of its columns. */
export interface AdviceRequest {
  readonly source: Source
  readonly description: SourceDescription
  readonly spatial: SpatialColumn
}

/** A question for rights; schemas that do not exist are passed over. */
export interface GrantRequest {
  readonly purpose: GrantPurpose
  readonly schemas: readonly string[]
}

/** How an embedded engine differs from a server of the same kind; null for a real server. */
export interface EmbeddedEngine {
  /** Ends whatever the engine is running, by ending the engine; resolves when it is open again. */
  interrupt(): Promise<void>
}

/**
 * Decides at this moment whether a socket may be opened to a host, and answers the only addresses that it may lead to.
 * Throws an `AppError` with a sentence, or what the system says of a name that cannot be resolved.
 */
export type AdmitHost = (
  host: string,
  port: number,
) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>

export interface OpenOptions<Config> {
  readonly config: Config
  /** Asked before every single socket; without it the machine resolves names and nothing is refused. */
  readonly admitHost?: AdmitHost
  readonly embedded?: EmbeddedEngine
  /** Put as a comment before what opening itself asks, as in `RunOptions`. */
  readonly attribution?: Readonly<Record<string, string>>
  /** Sockets in the pool of this identity. */
  readonly maxConnections?: number
  readonly onError?: (error: Error) => void
}

/** A field of the connection form. */
export interface ConfigField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'number' | 'password' | 'select' | 'textarea'
  readonly required: boolean
  readonly secret: boolean
  readonly placeholder?: string
  readonly help?: string
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  readonly defaultValue?: string | number
}

/** A way in which connections of a provider sign in; an organization may leave each to some people. */
export interface SignInMethod<Config = Record<string, unknown>> {
  /** The same of all providers that sign in so. */
  readonly id: string
  /** Completes "signs in with …". */
  readonly label: string
  /** What kind of login that is, which decides how the connection can be shared. */
  readonly login: ConnectionLogin
  /** The fields of the form that choose it by being filled in; none for what remains when all of those are empty. */
  readonly fields: readonly string[]
  isUsedBy(config: Config): boolean
}

/** How a person brings a login of their own to somebody else's connection. */
export interface ViewerLogin {
  /** The fields of the connection form that the person fills in, and the only ones that are theirs. */
  readonly fields: readonly string[]
  /** The one of them that names the login. */
  readonly nameField: string
  /** The fields that say where the connection leads: when one changes, nobody's login is sent there any more. */
  readonly placeFields: readonly string[]
  /** Null for a kind of warehouse that lets nobody in by a certificate. */
  readonly certificates: CertificateLogins | null
  /** Null for a kind of warehouse that takes nobody's token as a password. */
  readonly tokens: TokenLogins | null
}

/** How people sign in with tokens of their single sign-on to a kind of warehouse. Pure. */
export interface TokenLogins {
  /** One sentence that says why no token is sent where a configuration leads; null when one is. */
  obstacle(config: Readonly<Record<string, unknown>>): string | null
  /** The configuration that opens the place with a token, and nothing of the connection's own login. */
  configFor(
    place: Readonly<Record<string, unknown>>,
    login: { readonly loginName: string; readonly token: string },
  ): Record<string, unknown>
}

/** A client certificate that was made for one person, and the login that it is for. */
export interface CertificateLogin {
  readonly loginName: string
  /** PEM texts. */
  readonly certificate: string
  readonly key: string
}

/** How a warehouse knows a person by the name in their certificate. */
export interface CertifiedPerson {
  /** The common name in their certificates; never changes, and never another person's. */
  readonly subject: string
  readonly loginName: string
}

/** How people sign in by certificates to a kind of warehouse. Pure. */
export interface CertificateLogins {
  /** The role that all who read so are members of. */
  readonly group: string
  /** One sentence that says why certificates cannot be used where a configuration leads; null when they can. */
  obstacle(config: Readonly<Record<string, unknown>>): string | null
  /** The configuration that opens the place with a certificate, and nothing of the connection's own login. */
  configFor(place: Readonly<Record<string, unknown>>, login: CertificateLogin): Record<string, unknown>
  /** The line by which the warehouse lets the person in under that login. */
  identLine(person: CertifiedPerson): string
  /** What the administrator sets up, but for the people. */
  setupFor(config: Readonly<Record<string, unknown>>): CertificateRules
}

/** The lines for the administrator of a warehouse. */
export interface CertificateRules {
  readonly sql: readonly string[]
  readonly settings: readonly string[]
  readonly hba: readonly string[]
}

/** A kind of warehouse. Adding one is a folder like `postgres/` and a line in `index.ts`. */
export interface Provider<Config = Record<string, unknown>> {
  readonly id: string
  readonly label: string
  readonly configSchema: TSchema
  /** The form of a new connection; fields marked secret are encrypted at rest and never returned. */
  readonly configFields: readonly ConfigField[]
  /** Every configuration uses at least one of them. */
  readonly signInMethods: readonly SignInMethod<Config>[]
  /** Null for a kind of warehouse that knows no people. */
  readonly viewerLogin: ViewerLogin | null
  readonly compiler: Compiler
  /** Where sockets of a configuration go, for those who open the way there. */
  destinationOf(config: Config): { readonly host: string; readonly port: number }
  /** What a firewall between the server and this warehouse must let through. Pure. */
  listEgress(config: Config): readonly EgressTarget[]
  /** Really connects; throws `warehouse_unavailable`, `warehouse_auth_failed`… with a sentence that says what to check. */
  open(options: OpenOptions<Config>): Promise<Warehouse>
}
