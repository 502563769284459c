import type { FieldDef, PoolClient, QueryArrayConfig, Submittable } from 'pg'
import type { PgModule } from './sessions.ts'

/** A row as it came over the wire. */
export type WireRow = readonly (string | null)[]

export interface WireResult {
  readonly fields: readonly FieldDef[]
  readonly rows: readonly WireRow[]
  readonly command: string
  readonly rowCount: number
  /** More rows than asked for came; they were not kept. */
  readonly isCut: boolean
}

/**
 * Sends one statement with the attribution comment of what it serves. Everything that goes to a database goes through
 * one of these, or carries the comment by itself.
 */
export type SendStatement = (text: string, values: readonly unknown[], maxRows?: number) => Promise<WireResult>

/** Leaves every cell as the server's text. */
export const RAW_TYPES = { getTypeParser: () => (value: unknown) => value } as unknown as NonNullable<
  QueryArrayConfig['types']
>

interface EndedQuery {
  readonly fields: readonly FieldDef[]
  readonly command: string | null
  readonly rowCount: number | null
}

/**
 * Runs exactly one statement (the extended protocol refuses two) and keeps up to `maxRows` rows as text;
 * `onExcess` is called once when there are more.
 */
export function queryWire(
  pg: PgModule,
  client: PoolClient,
  text: string,
  values: readonly unknown[],
  maxRows = Number.POSITIVE_INFINITY,
  onExcess: () => void = () => undefined,
): Promise<WireResult> {
  const config = { text, values: [...values], rowMode: 'array', types: RAW_TYPES, queryMode: 'extended' }
  const query = new pg.Query(config)
  const rows: WireRow[] = []
  let isCut = false
  query.on('row', (row) => {
    if (rows.length < maxRows) rows.push(row as unknown as WireRow)
    else if (!isCut) {
      isCut = true
      onExcess()
    }
  })
  const result = new Promise<WireResult>((resolve, reject) => {
    query.on('error', reject)
    query.on('end', (ended: unknown) => {
      const { fields, command, rowCount } = ended as EndedQuery
      resolve({ fields, rows, command: command ?? '', rowCount: rowCount ?? rows.length, isCut })
    })
  })
  client.query(query)
  return result
}

/** What of a connection a statement needs that is analysed only. */
interface ParsingConnection {
  parse(query: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void
  sync(): void
}

/** Has the server analyse exactly one statement, and neither plan nor run it. */
export function analyseWire(client: PoolClient, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit(connection: ParsingConnection) {
        connection.parse({ text, name: '', types: [] })
        connection.sync()
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(),
    } as unknown as Submittable)
  })
}
