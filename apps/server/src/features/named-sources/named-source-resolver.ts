import { AppError } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { NamedSourceRow } from '../../platform/db/tables.ts'
import type { Connection } from '../connections/connection.ts'
import type { NamedSourceStore } from './named-source-store.ts'

/** How long another server's change may go unnoticed, in milliseconds; our own is noticed at once. */
const FRESH_FOR_MS = 1_000

const NAME = /^[a-z0-9][a-z0-9_-]{1,49}[a-z0-9]$/

/** What the warehouse says of a statement, which holds parts of its text. */
const TELLING: ReadonlySet<string> = new Set([
  'invalid_query',
  'table_not_found',
  'warehouse_permission_denied',
  'warehouse_failed',
])

interface Remembered {
  /** Null when there is no such name on the connection. */
  readonly sql: string | null
  readonly standing: string | null
  readonly freshUntil: number
}

/** Finds what stands behind the texts that requests and stored handles have for SQL. */
export interface SourceTexts {
  /** The query that the source stands for; the source itself when it is no stand-in. */
  resolve(connection: Connection, source: Source): Promise<Source>
  /** Does the work with what the source stands for; of what then fails, nothing is told that holds its text. */
  use<Answer>(connection: Connection, source: Source, work: (resolved: Source) => Promise<Answer>): Promise<Answer>
}

/**
 * Turns the name of a named source, where a request has a table or SQL, into the query that it stands for. What is said
 * about rights, in addresses and in stored handles is the name alone, and no error tells what stands behind it.
 */
export class NamedSourceResolver implements SourceTexts {
  readonly #store: NamedSourceStore
  readonly #clock: Clock
  readonly #remembered = new LRUCache<string, Remembered>({ max: 5_000 })
  #version = 0

  constructor(store: NamedSourceStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Grows with every change here of what a name stands for. */
  get version(): number {
    return this.#version
  }

  /** Drops what is remembered; called after a change. */
  forget(): void {
    this.#version += 1
    this.#remembered.clear()
  }

  /** Whether the source is the name of a named source of the connection. */
  async isNamed(connection: Pick<Connection, 'id'>, source: Source): Promise<boolean> {
    return (await this.#find(connection, source)).sql !== null
  }

  /**
   * Which named source of which moment stands behind the source, in a text that tells nothing of its SQL; null for what is
   * no name. What is answered next by `use` is of this moment or a later one.
   */
  async findStanding(connection: Pick<Connection, 'id'>, source: Source): Promise<string | null> {
    return (await this.#find(connection, source)).standing
  }

  /** The same as it is now; with `holdNames` before, it stays so until the transaction ends. */
  async readStanding(transaction: Store, connectionId: string, source: Source): Promise<string | null> {
    const name = nameOf(source)
    return NAME.test(name) ? standingOf(await this.#store.findOn(connectionId, name, transaction)) : null
  }

  /** The query that the source stands for; the source itself when it is no name. */
  async resolve(connection: Pick<Connection, 'id'>, source: Source): Promise<Source> {
    const { sql } = await this.#find(connection, source)
    if (sql === null) return source
    return {
      type: 'query',
      sql,
      ...(source.type === 'query' && source.parameters && { parameters: source.parameters }),
    }
  }

  /** Does the work with what the source stands for; of what then fails, nothing is told that holds its text. */
  async use<Answer>(
    connection: Pick<Connection, 'id'>,
    source: Source,
    work: (resolved: Source) => Promise<Answer>,
  ): Promise<Answer> {
    const resolved = await this.resolve(connection, source)
    if (resolved === source) return work(source)
    return work(resolved).catch((error: unknown) => {
      throw conceal(nameOf(source), error)
    })
  }

  async #find(connection: Pick<Connection, 'id'>, source: Source): Promise<Remembered> {
    const name = nameOf(source)
    if (!NAME.test(name)) return NO_NAME
    const key = `${connection.id}/${name}`
    const now = this.#clock.now().getTime()
    const remembered = this.#remembered.get(key)
    if (remembered && remembered.freshUntil > now) return remembered
    const version = this.#version
    const row = await this.#store.findOn(connection.id, name)
    const found = { sql: row?.sql ?? null, standing: standingOf(row), freshUntil: now + FRESH_FOR_MS }
    // A look-up that began before a change is not remembered after it.
    if (version === this.#version) this.#remembered.set(key, found)
    return found
  }
}

const NO_NAME: Remembered = { sql: null, standing: null, freshUntil: 0 }

function standingOf(row: Pick<NamedSourceRow, 'id' | 'updated_at'> | null): string | null {
  return row && `${row.id} ${row.updated_at.getTime()}`
}

/** The text of a source where a name would stand. */
export function nameOf(source: Source): string {
  return (source.type === 'table' ? source.name : source.sql).trim()
}

/** The error as whoever may not know the text of a named source is told it. */
function conceal(name: string, error: unknown): unknown {
  return concealText(error, `The named source "${name}" could not be read with these parameters; its owner sees why.`)
}

/** The error with this sentence for what a warehouse says of a statement; hints may tell of other columns. */
export function concealText(error: unknown, sentence: string): unknown {
  if (!(error instanceof AppError)) return error
  if (error.code === 'column_not_found') {
    return new AppError(error.code, error.message, { cause: error, ...(error.details && { details: error.details }) })
  }
  if (!TELLING.has(error.code)) return error
  const code = error.code === 'warehouse_failed' ? 'warehouse_failed' : 'invalid_query'
  return new AppError(code, sentence, { cause: error })
}
