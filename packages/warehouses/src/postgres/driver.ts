import {
  AppError,
  type CatalogSchema,
  type CatalogTable,
  type GrantReport,
  type PostureReport,
  type SchemaField,
  type SourceDescription,
  type SpatialColumn,
  type TileAdvice,
} from '@graticule/contract'
import { type Source, type Statement, tokenize } from '@graticule/sql'
import type { FieldDef, PoolClient } from 'pg'
import type {
  AdviceRequest,
  Capabilities,
  ConnectWarning,
  ForeignRights,
  GrantRequest,
  OpenOptions,
  ResultSet,
  RunOptions,
  StatementReads,
  Warehouse,
} from '../provider.ts'
import { adviseOnTile, NOTHING_TO_READ } from './advice/advise.ts'
import { readAdviceFacts } from './advice/facts.ts'
import { compileSample, listAdvisedTiles } from './advice/tiles.ts'
import { attributionComment } from './attribution.ts'
import { describeTable, listSchemas, listTables } from './catalog.ts'
import { cellValue, type WireType } from './cell-values.ts'
import { checkSource } from './check-statement.ts'
import { fieldTypeOf } from './column-types.ts'
import { postgresCompiler } from './compiler.ts'
import { isLocalHost, type PostgresConfig, provesServer, tlsOptions } from './config.ts'
import { describeQuery } from './describe.ts'
import { isProjectionFailure, isServerError, isUnknownGeometry, mapStatementError } from './errors.ts'
import { convertForeignGeometries } from './foreign-geometries.ts'
import { readGrantFacts } from './grants/facts.ts'
import { writeGrantReport } from './grants/report.ts'
import { listForeignRights } from './owner-rights.ts'
import { countLeaks } from './posture/count-leaks.ts'
import { readPostureFacts } from './posture/facts.ts'
import { writePostureReport } from './posture/report.ts'
import type { ChannelFacts } from './posture/rules.ts'
import type { PlanNode } from './query-plan.ts'
import { type Session, Sessions } from './sessions.ts'
import { describeSpatialChoice } from './spatial-choice.ts'
import { listReads, type ReadsSession } from './statement-reads.ts'
import { missingPostgis, readVersions, VERSION_QUERY, type Versions } from './versions.ts'
import { analyseWire, queryWire, type SendStatement, type WireResult, type WireRow } from './wire-query.ts'
import { WireTypes } from './wire-types.ts'

const DEFAULT_MAX_CONNECTIONS = 8
const DEFAULT_BATCH_SIZE = 1000
const CURSOR = 'graticule_stream'
const OPEN_TIMEOUT_MS = 30_000
/** How long it is believed what a statement reads with the rights of others, in milliseconds, and of how many. */
const RIGHTS_MS = 3_000
const MAX_KNOWN_RIGHTS = 500
/** Stands for statements of the catalogue, which are ours: no position in them means anything to a person. */
const INSPECTION: Statement = { text: 'SELECT', values: [] }

const SERVER_CAPABILITIES: Capabilities = {
  supportsCancel: true,
  supportsStatementTimeout: true,
  supportsViewerCredentials: true,
  supportsStreaming: true,
}

/** An embedded engine can only be ended as a whole, and mixes up its clients' sessions. */
const EMBEDDED_CAPABILITIES: Capabilities = {
  supportsCancel: false,
  supportsStatementTimeout: false,
  supportsViewerCredentials: false,
  supportsStreaming: true,
}

/** What a statement of ours may use while it runs. */
export interface RunningStatement {
  /** Runs one more statement on the same socket. */
  readonly query: SendStatement
}

/** An open PostgreSQL database, seen with one login. */
export class PostgresWarehouse implements Warehouse {
  readonly capabilities: Capabilities
  readonly version: string
  readonly warnings: readonly ConnectWarning[]
  readonly #config: PostgresConfig
  readonly #sessions: Sessions
  readonly #isEmbedded: boolean
  readonly #hasPostgis: boolean
  readonly #types = new WireTypes()
  /** By the text of the statement; this login's alone. */
  readonly #rights = new Map<string, { readonly rights: ForeignRights; readonly askedAt: number }>()

  private constructor(config: PostgresConfig, sessions: Sessions, versions: Versions, isEmbedded: boolean) {
    this.#config = config
    this.#sessions = sessions
    this.#isEmbedded = isEmbedded
    this.version = versions.text
    this.warnings = versions.hasPostgis ? [] : [{ step: 'postgis', sentence: missingPostgis(config.database).message }]
    this.#hasPostgis = versions.hasPostgis
    this.capabilities = isEmbedded ? EMBEDDED_CAPABILITIES : SERVER_CAPABILITIES
  }

  static async open(options: OpenOptions<PostgresConfig>): Promise<PostgresWarehouse> {
    const { config, embedded } = options
    const sessions = await Sessions.open({
      config,
      embedded,
      admitHost: options.admitHost,
      maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
      onError: options.onError ?? (() => undefined),
    })
    try {
      const session = await sessions.session({ timeoutMs: OPEN_TIMEOUT_MS })
      try {
        const { rows } = await queryWire(
          sessions.pg,
          session.client,
          attributionComment(options.attribution) + VERSION_QUERY,
          [],
        )
        const versions = readVersions(rows[0])
        return new PostgresWarehouse(config, sessions, versions, embedded !== undefined)
      } finally {
        await session.close()
      }
    } catch (error) {
      await sessions.close()
      throw error
    }
  }

  async run(statement: Statement, options: RunOptions): Promise<ResultSet> {
    return this.#execute(statement, options, async (send, current) => {
      const result = await send(current.text, current.values, options.maxRows)
      return this.#decode(send, result.fields, result.rows, result.rowCount)
    })
  }

  async runRaw(statement: Statement, options: RunOptions): Promise<readonly (string | null)[]> {
    return this.#execute(statement, options, async (send, current) => {
      const { rows } = await send(current.text, current.values)
      const [row] = rows
      if (!row || rows.length > 1) throw new Error(`A statement of one row answered ${rows.length}.`)
      return row
    })
  }

  async *stream(
    statement: Statement,
    options: RunOptions & { readonly batchSize?: number },
  ): AsyncGenerator<ResultSet, void, undefined> {
    const prefix = attributionComment(options.attribution)
    const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE
    const session = await this.#sessions.session(options)
    let failure: unknown
    let sent = 0
    // A cursor of SQL rather than of the protocol: between two batches the socket can still be asked about types.
    const declare = `DECLARE ${CURSOR} NO SCROLL CURSOR FOR `
    const send = this.#sender(session, prefix)
    try {
      await this.#admit(session, prefix, statement, options)
      await send('BEGIN', [])
      await send(declare + statement.text, statement.values)
      for (;;) {
        const { rows, fields } = await send(`FETCH ${batchSize} FROM ${CURSOR}`, [])
        sent += rows.length
        if (options.maxRows !== undefined && sent > options.maxRows) throw tooManyRows(options.maxRows)
        if (rows.length > 0 || sent === 0) yield await this.#decode(send, fields, rows, rows.length)
        if (rows.length < batchSize) break
      }
      await send('COMMIT', [])
    } catch (error) {
      failure = error
      throw this.#explain(error, statement, prefix + declare, session, options)
    } finally {
      // A loop that was left early, and every failure, ends here with the transaction still open: the socket goes.
      await session.close(failure, this.#resetAfter(statement, prefix))
    }
  }

  listSchemas(options: RunOptions): Promise<readonly CatalogSchema[]> {
    return this.#inspect(options, (running) => listSchemas(running))
  }

  listTables(schema: string, options: RunOptions): Promise<readonly CatalogTable[]> {
    return this.#inspect(options, (running) => listTables(running, schema))
  }

  async describe(source: Source, options: RunOptions): Promise<SourceDescription> {
    const { admitRights: _, ...free } = options
    if (source.type === 'table') {
      const description = await this.#inspect(free, (running) => describeTable(running, source.name))
      // Once it is known to be there: what is not is told apart from what may not be read.
      await this.#admitSource(source, options)
      return description
    }
    await this.#admitSource(source, options)
    return describeQuery(source, (statement) =>
      this.#execute(statement, free, async (send, { text, values }) => {
        const result = await send(text, values)
        const types = await this.#types.resolve(send, typeNumbers(result.fields))
        return { fields: result.fields, rows: result.rows, types }
      }),
    )
  }

  describeSpatialChoice(
    source: Source,
    description: SourceDescription,
    spatialDataColumn: string,
    options: RunOptions,
  ): Promise<SpatialColumn> {
    return describeSpatialChoice(source, description, spatialDataColumn, (statement) =>
      this.#execute(
        statement,
        options,
        async (send, current) => (await send(current.text, current.values, options.maxRows)).rows,
      ),
    )
  }

  async checkPosture(options: RunOptions): Promise<PostureReport> {
    const { facts, channel } = await this.#execute(INSPECTION, options, async (send, _statement, session) => ({
      facts: await readPostureFacts({ query: send }),
      channel: this.#describeChannel(session),
    }))
    const counts = await countLeaks(facts.leaks, async (text, timeoutMs) => {
      const statement = { text, values: [] }
      return this.#execute(statement, { ...options, timeoutMs }, async (send, { values }) => {
        const { rows } = await send(text, values)
        return Number(rows[0]?.[0])
      })
    })
    return writePostureReport({ facts, channel, counts })
  }

  checkGrants({ purpose, schemas }: GrantRequest, options: RunOptions): Promise<GrantReport> {
    return this.#inspect(options, async (running) => writeGrantReport(await readGrantFacts(running), purpose, schemas))
  }

  async adviseOnTiles(request: AdviceRequest, options: RunOptions): Promise<TileAdvice> {
    const { source, spatial } = request
    checkSource(source)
    const sampled = await this.#execute(compileSample(request), options, (send, { text, values }) => send(text, values))
    const [longitude, latitude] = sampled.rows[0] ?? []
    let advice = NOTHING_TO_READ
    if (longitude == null || latitude == null) return advice
    for (const { statement, comparesStored } of listAdvisedTiles(request, Number(longitude), Number(latitude))) {
      const { admitRights: _, ...free } = options
      advice = await this.#execute(statement, free, async (send, { text, values }) => {
        const { rows } = await send(`EXPLAIN (FORMAT JSON, VERBOSE) ${text}`, values)
        const [explained] = JSON.parse(rows[0]?.[0] ?? '[]') as readonly { readonly Plan?: PlanNode }[]
        const type = spatial.encoding === 'geography' ? 'geography' : 'geometry'
        const facts = explained?.Plan && (await readAdviceFacts({ query: send }, explained.Plan, type))
        return facts ? adviseOnTile({ source, spatial, comparesStored }, facts) : NOTHING_TO_READ
      })
      if (advice.verdict === 'slow') break
    }
    return advice
  }

  closeIdleSocket(): Promise<void> {
    return this.#sessions.closeIdle()
  }

  async listReads(statement: Statement, options: RunOptions): Promise<StatementReads> {
    const prefix = attributionComment(options.attribution)
    const session = await this.#sessions.session(options)
    let failure: unknown
    try {
      return await this.#readTree(session, prefix, (reads) => listReads(statement.text, reads))
    } catch (error) {
      failure = error
      throw this.#explain(error, statement, prefix, session, options)
    } finally {
      await session.close(failure)
    }
  }

  close(): Promise<void> {
    return this.#sessions.close()
  }

  #describeChannel({ client }: Session): ChannelFacts {
    const { host } = this.#config
    return {
      isEncrypted: 'encrypted' in client.connection.stream && client.connection.stream.encrypted === true,
      isVerified: provesServer(tlsOptions(this.#config)),
      isLocal: this.#isEmbedded || isLocalHost(host),
    }
  }

  /** Has whoever must look at it decide whether a statement is run, by what it reads with the rights of others. */
  async #admit(session: Session, prefix: string, { text }: Statement, { admitRights }: RunOptions): Promise<void> {
    if (admitRights === undefined) return
    const known = this.#rights.get(text)
    if (known !== undefined && performance.now() - known.askedAt < RIGHTS_MS) {
      admitRights(known.rights)
      return
    }
    const askedAt = performance.now()
    const rights = await this.#readTree(session, prefix, (reads) => listForeignRights(text, reads))
    if (this.#rights.size >= MAX_KNOWN_RIGHTS) this.#rights.clear()
    this.#rights.set(text, { rights, askedAt })
    admitRights(rights)
  }

  async #admitSource(source: Source, options: RunOptions): Promise<void> {
    if (options.admitRights) await this.#execute(postgresCompiler.compileSource(source), options, async () => undefined)
  }

  /** Lends what it takes to have statements analysed, in a transaction that ends with it. */
  async #readTree<Answer>(
    session: Session,
    prefix: string,
    work: (reads: ReadsSession) => Promise<Answer>,
  ): Promise<Answer> {
    const send = this.#sender(session, prefix)
    let isOver = false
    try {
      await send('BEGIN READ ONLY', [])
      const answer = await work({
        send,
        analyse: (text) => analyseWire(session.client, prefix + text),
        collectNotices: (collected) => collectNotices(session.client, collected),
      })
      await send('ROLLBACK', [])
      isOver = true
      return answer
    } finally {
      if (!isOver && !session.endedBy()) await send('ROLLBACK', []).catch(() => undefined)
    }
  }

  /** Runs a statement and, where PostGIS could not carry its box over, the slower one that needs no box. */
  async #execute<Answer>(
    statement: Statement,
    options: RunOptions,
    work: (send: SendStatement, statement: Statement, session: Session) => Promise<Answer>,
  ): Promise<Answer> {
    const attempt = async (current: Statement): Promise<Answer> => {
      const prefix = attributionComment(options.attribution)
      const session = await this.#sessions.session(options)
      let failure: unknown
      try {
        if (current !== INSPECTION) await this.#admit(session, prefix, current, options)
        return await work(this.#sender(session, prefix), current, session)
      } catch (error) {
        failure = error
        throw this.#explain(error, current, prefix, session, options)
      } finally {
        await session.close(failure, this.#resetAfter(current, prefix))
      }
    }
    try {
      return await attempt(statement)
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : undefined
      if (statement.fallback && isProjectionFailure(cause)) return attempt(statement.fallback)
      if (this.#wasInterrupted(error, options) && isRead(statement)) return attempt(statement)
      throw error
    }
  }

  /**
   * What a person wrote may change the role or a setting of the session in ways that no look at its text finds, and leave
   * temporary tables and locks. An embedded engine is left alone: its clients share one session.
   */
  #resetAfter(statement: Statement, prefix: string): string | undefined {
    return statement.origin && !this.#isEmbedded ? `${prefix}DISCARD ALL` : undefined
  }

  /** Another holder of the same embedded engine ended it under a statement that was not the cause. */
  #wasInterrupted(error: unknown, options: RunOptions): boolean {
    return (
      this.#isEmbedded &&
      !options.signal?.aborted &&
      error instanceof AppError &&
      error.code === 'warehouse_unavailable' &&
      !isServerError(error.cause)
    )
  }

  #sender(session: Session, prefix: string): SendStatement {
    return (text, values, maxRows) => this.#query(session, prefix + text, values, maxRows)
  }

  async #query(session: Session, text: string, values: readonly unknown[], maxRows?: number): Promise<WireResult> {
    // A cancel that found the session idle has cancelled nothing.
    if (session.endedBy()) throw new Error('The statement was ended before it began.')
    let giveUp = (): void => undefined
    const isTooLarge = new Promise<never>((_, reject) => {
      giveUp = () => reject(tooManyRows(maxRows ?? 0))
    })
    isTooLarge.catch(() => undefined)
    // A real server is told to stop by hanging up; the embedded one has computed the rows already.
    const onExcess = this.#isEmbedded ? undefined : giveUp
    const result = queryWire(this.#sessions.pg, session.client, text, values, maxRows, onExcess)
    result.catch(() => undefined)
    const settled = await Promise.race([result, isTooLarge])
    if (settled.isCut) throw tooManyRows(maxRows ?? 0)
    return settled
  }

  #inspect<Answer>(options: RunOptions, work: (running: RunningStatement) => Promise<Answer>): Promise<Answer> {
    return this.#execute(INSPECTION, options, (send) => work({ query: send }))
  }

  async #decode(
    send: SendStatement,
    fields: readonly FieldDef[],
    rows: readonly WireRow[],
    rowCount: number,
  ): Promise<ResultSet> {
    const types = await this.#types.resolve(send, typeNumbers(fields))
    const decoded = rows.map((row) => decodeRow(fields, types, row))
    await convertForeignGeometries(send, decoded, fields, types)
    return { fields: fields.map((field, index) => schemaField(field, types[index])), rows: decoded, rowCount }
  }

  #explain(error: unknown, statement: Statement, prefix: string, session: Session, options: RunOptions): unknown {
    if (!this.#hasPostgis && isUnknownGeometry(error)) return missingPostgis(this.#config.database, error)
    return mapStatementError(error, {
      config: this.#config,
      statement,
      prefixLength: prefix.length,
      endedBy: session.endedBy(),
      timeoutMs: options.timeoutMs,
    })
  }
}

/** The details of what the server says beside its answers while the work goes on. */
async function collectNotices(client: PoolClient, work: () => Promise<unknown>): Promise<readonly string[]> {
  const details: string[] = []
  const listen = (notice: { readonly detail?: string | undefined }): void => {
    if (notice.detail !== undefined) details.push(notice.detail)
  }
  client.on('notice', listen)
  try {
    await work()
    return details
  } finally {
    client.off('notice', listen)
  }
}

function decodeRow(fields: readonly FieldDef[], types: readonly WireType[], row: WireRow): Record<string, unknown> {
  const decoded: Record<string, unknown> = {}
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as FieldDef
    const value = cellValue(row[index] ?? null, types[index] as WireType)
    // A plain assignment to a column of this name would replace the object's prototype.
    if (field.name === '__proto__') {
      Object.defineProperty(decoded, field.name, { value, enumerable: true, configurable: true, writable: true })
    } else decoded[field.name] = value
  }
  return decoded
}

function schemaField(field: FieldDef, type: WireType | undefined): SchemaField {
  return { name: field.name, type: fieldTypeOf(type?.name ?? '', type?.category) }
}

function typeNumbers(fields: readonly FieldDef[]): readonly number[] {
  return fields.map((field) => field.dataTypeID)
}

/** Statements that can run twice without harm. */
function isRead({ text }: Statement): boolean {
  const words = tokenize(text).filter((token) => token.kind === 'word')
  const first = words[0]?.text.toLowerCase()
  const writes = words.some((word) => /^(insert|update|delete|merge|create|drop|alter|truncate)$/i.test(word.text))
  return !writes && (first === 'select' || first === 'with' || first === 'values' || first === 'table')
}

function tooManyRows(maxRows: number): AppError {
  return new AppError('result_too_large', `The statement answers more than ${maxRows} rows; add a LIMIT or a filter.`)
}
