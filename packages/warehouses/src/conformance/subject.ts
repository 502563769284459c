import type { Capabilities, Compiler, Warehouse } from '../provider.ts'

/** A column of a table that the suite asks a provider to make. Values are JSON; times ISO texts, geometries WKT in degrees. */
export interface SeedColumn {
  readonly name: string
  readonly type:
    | 'integer'
    | 'bigint'
    | 'double'
    | 'real'
    | 'numeric'
    | 'text'
    | 'boolean'
    | 'timestamp'
    | 'date'
    | 'json'
    | 'bytes'
    | 'geometry'
    | 'geography'
  /** Reference system to store a geometry in; 4326 unless stated. */
  readonly srid?: number
}

export interface SeedTable {
  readonly name: string
  readonly columns: readonly SeedColumn[]
  /** A column that is the primary key. */
  readonly key?: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** Make a spatial index on the geometry column. */
  readonly hasSpatialIndex?: boolean
  readonly comment?: string
}

/** What a provider's test hands to the suite. */
export interface ConformanceSubject {
  readonly warehouse: Warehouse
  readonly compiler: Compiler
  /** Schema that the tables are made in; fresh for each run. */
  readonly schema: string
  createTable(table: SeedTable): Promise<void>
  /** SQL of a statement that takes that long and answers one row. */
  readonly slowQuery: (seconds: number) => string
  /** SQL of a SELECT that answers that many rows with an integer column `n`. */
  readonly countingQuery: (rows: number) => string
  /** How many statements of ours the warehouse is running; undefined when it cannot tell. */
  readonly countRunning?: () => Promise<number>
  /** An expression of a text literal with that content, as a person would write it. */
  readonly textLiteral: (text: string) => string
  readonly quote: (name: string) => string
  close(): Promise<void>
}

export interface ConformanceOptions {
  /** What the provider is expected to declare; a false is asserted like a true. */
  readonly capabilities: Capabilities
  start(): Promise<ConformanceSubject>
}
