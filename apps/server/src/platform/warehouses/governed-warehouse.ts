import {
  AppError,
  type CatalogSchema,
  type CatalogTable,
  type GrantReport,
  type PostureReport,
  type SourceDescription,
  type SpatialColumn,
  type TileAdvice,
} from '@graticule/contract'
import type { Source, Statement } from '@graticule/sql'
import type {
  AdviceRequest,
  GrantRequest,
  ResultSet,
  RunOptions,
  StatementReads,
  Warehouse,
} from '@graticule/warehouses'
import { joinSignals } from './join-signals.ts'
import { delayAbort } from './patient-signal.ts'
import { attributionOf, type StatementContext, type StatementRecord, type WarehouseTarget } from './warehouse-target.ts'

/** How long a statement of an embedded engine runs on after everybody left, in milliseconds. */
const EMBEDDED_PATIENCE_MS = 3_000

/** A door to a warehouse that is held for the length of one statement. */
export interface Lease {
  /** Aborts when nothing may run under this login any more. */
  readonly ended: AbortSignal
  /** Waits for a turn, and opens the warehouse if it is closed. */
  enter(timeoutMs: number, signal?: AbortSignal): Promise<Turn>
  release(): void
}

/** The right to run one statement now. */
export interface Turn {
  readonly warehouse: Warehouse
  /** Called exactly once, when the statement is over. */
  exit(): void
}

/** What callers may say about one statement; attribution is not theirs to choose. */
export type GovernedRunOptions = Omit<RunOptions, 'attribution' | 'admitRights'>

/**
 * The only view of a warehouse that features get. Every statement waits for its turn, carries an attribution comment,
 * and is reported to the meter, whatever becomes of it.
 */
export class GovernedWarehouse {
  readonly #target: WarehouseTarget
  readonly #context: StatementContext
  readonly #acquire: () => Promise<Lease>
  readonly #report: (record: StatementRecord) => void

  constructor(
    target: WarehouseTarget,
    context: StatementContext,
    acquire: () => Promise<Lease>,
    report: (record: StatementRecord) => void,
  ) {
    this.#target = target
    this.#context = context
    this.#acquire = acquire
    this.#report = report
  }

  /** Makes a statement. One that is refused before it is sent leaves a record like one that the warehouse refused. */
  compile(make: () => Statement): Statement {
    try {
      return make()
    } catch (error) {
      const now = performance.now()
      this.#record(now, now, 0, outcomeOf(error), null)
      throw error
    }
  }

  run(statement: Statement, options: GovernedRunOptions): Promise<ResultSet> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.run(statement, governed),
      (result) => result.rows.length || result.rowCount,
      statement.text,
    )
  }

  runRaw(statement: Statement, options: GovernedRunOptions): Promise<readonly (string | null)[]> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.runRaw(statement, governed),
      () => 1,
      statement.text,
    )
  }

  async *stream(
    statement: Statement,
    options: GovernedRunOptions & { readonly batchSize?: number },
  ): AsyncGenerator<ResultSet, void, undefined> {
    const queuedAt = performance.now()
    const lease = await this.#open(queuedAt, statement.text)
    let startedAt = queuedAt
    let rows = 0
    let outcome = 'cancelled'
    using joined = joinSignals(options.signal, lease.ended)
    try {
      const { warehouse, exit } = await lease.enter(this.#timeoutFor(options), joined.signal)
      startedAt = performance.now()
      using patient = this.#patience(joined.signal)
      try {
        const signal = patient?.signal ?? joined.signal
        for await (const batch of warehouse.stream(statement, this.#attribute(options, signal))) {
          rows += batch.rows.length || batch.rowCount
          yield batch
        }
        outcome = 'ok'
      } finally {
        exit()
      }
    } catch (error) {
      outcome = outcomeOf(error)
      throw await this.#explain(error, lease)
    } finally {
      lease.release()
      this.#record(queuedAt, startedAt, rows, outcome, statement.text)
    }
  }

  listSchemas(options: GovernedRunOptions): Promise<readonly CatalogSchema[]> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.listSchemas(governed),
      (schemas) => schemas.length,
    )
  }

  listTables(schema: string, options: GovernedRunOptions): Promise<readonly CatalogTable[]> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.listTables(schema, governed),
      (tables) => tables.length,
    )
  }

  describe(source: Source, options: GovernedRunOptions): Promise<SourceDescription> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.describe(source, governed),
      (description) => description.columns.length,
    )
  }

  describeSpatialChoice(
    source: Source,
    description: SourceDescription,
    spatialDataColumn: string,
    options: GovernedRunOptions,
  ): Promise<SpatialColumn> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.describeSpatialChoice(source, description, spatialDataColumn, governed),
      () => 1,
    )
  }

  checkPosture(options: GovernedRunOptions): Promise<PostureReport> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.checkPosture(governed),
      (report) => report.findings.length,
    )
  }

  checkGrants(request: GrantRequest, options: GovernedRunOptions): Promise<GrantReport> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.checkGrants(request, governed),
      (report) => report.missing.length + report.excess.length,
    )
  }

  adviseOnTiles(request: AdviceRequest, options: GovernedRunOptions): Promise<TileAdvice> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.adviseOnTiles(request, governed),
      () => 1,
    )
  }

  /** What a statement reads, without running it. */
  listReads(statement: Statement, options: GovernedRunOptions): Promise<StatementReads> {
    return this.#govern(
      options,
      (warehouse, governed) => warehouse.listReads(statement, governed),
      (reads) => reads.relations.length,
    )
  }

  async #govern<Answer>(
    options: GovernedRunOptions,
    work: (warehouse: Warehouse, options: RunOptions) => Promise<Answer>,
    countRows: (answer: Answer) => number,
    text: string | null = null,
  ): Promise<Answer> {
    const queuedAt = performance.now()
    const lease = await this.#open(queuedAt, text)
    let startedAt = queuedAt
    let rows = 0
    let outcome = 'ok'
    using joined = joinSignals(options.signal, lease.ended)
    try {
      const { warehouse, exit } = await lease.enter(this.#timeoutFor(options), joined.signal)
      startedAt = performance.now()
      using patient = this.#patience(joined.signal)
      try {
        const answer = await work(warehouse, this.#attribute(options, patient?.signal ?? joined.signal))
        rows = countRows(answer)
        return answer
      } finally {
        exit()
      }
    } catch (error) {
      outcome = outcomeOf(error)
      throw await this.#explain(error, lease)
    } finally {
      lease.release()
      this.#record(queuedAt, startedAt, rows, outcome, text)
    }
  }

  /** A door that does not open was asked at too, so it leaves a record. */
  async #open(queuedAt: number, text: string | null): Promise<Lease> {
    try {
      return await this.#acquire()
    } catch (error) {
      this.#record(queuedAt, queuedAt, 0, outcomeOf(error), text)
      throw error
    }
  }

  /** What the caller allows, but no more than the connection does. */
  #timeoutFor({ timeoutMs }: GovernedRunOptions): number {
    return Math.min(timeoutMs, this.#target.maxTimeoutMs ?? Number.POSITIVE_INFINITY)
  }

  /** What whoever asked is told: the end of the login rather than of the statement, and of a refused login who can mend it. */
  async #explain(error: unknown, { ended }: Lease): Promise<unknown> {
    if (ended.aborted) return ended.reason
    const { onLoginRefused } = this.#target
    const isRefused = error instanceof AppError && error.code === 'warehouse_auth_failed'
    return isRefused && onLoginRefused ? onLoginRefused(error) : error
  }

  #attribute<Options extends GovernedRunOptions>(options: Options, signal: AbortSignal): Options & RunOptions {
    const attribution = attributionOf(this.#target, this.#context)
    const { admitRights } = this.#target
    const admission = admitRights === undefined ? {} : { admitRights }
    return { ...options, ...admission, signal, timeoutMs: this.#timeoutFor(options), attribution }
  }

  #patience(signal: AbortSignal) {
    return this.#target.embedded ? delayAbort(signal, EMBEDDED_PATIENCE_MS) : undefined
  }

  #record(queuedAt: number, startedAt: number, rows: number, outcome: string, text: string | null): void {
    this.#report({
      target: this.#target,
      context: this.#context,
      durationMs: performance.now() - startedAt,
      queuedMs: startedAt - queuedAt,
      rows,
      text,
      outcome,
    })
  }
}

/** What a statement ended with, as its record names it. */
export function outcomeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'internal'
}
