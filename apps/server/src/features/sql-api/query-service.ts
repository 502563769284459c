import { AppError } from '@graticule/contract'
import { decideExport, type SourceUse } from '@graticule/policy'
import type { Caller } from '../../http/caller.ts'
import type { WireParameters } from '../../http/wire-parameters.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { ReadLog } from '../../platform/activity/read-log.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import { type GovernanceRules, isMember } from '../governance/governance-rules.ts'
import { readMapId } from '../maps-api/map-source-service.ts'
import { checkSqlSize } from '../maps-api/source-definition.ts'
import type { SourceTexts } from '../named-sources/named-source-resolver.ts'
import { countExport } from './count-export.ts'
import { type HeldBody, holdStream } from './held-stream.ts'
import { readBatches } from './read-batches.ts'
import { createResultWriter, RESULT_FORMATS, type ResultFormat, type ResultWriter } from './result-format.ts'

/** The longest that a query may run, in milliseconds. */
const QUERY_TIMEOUT_MS = 60_000

/** The most rows that a query may answer. */
const MAX_ROWS = 200_000

/** Its rows hold whatever the query selects. */
const WHOLE: SourceUse = { columns: 'all', spatialDataColumns: [], filters: {}, expressions: [], question: null }

/** Failures are answered properly until this much of an answer has been made; about 16 MB of memory at worst. */
const HOLD_CHARACTERS = 8 * 1024 * 1024

export interface QueryAnswer {
  readonly body: HeldBody
  readonly contentType: string
  /** Named by the client to save the answer as a file. */
  readonly filename: string | undefined
}

export interface QueryServiceOptions {
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly texts: SourceTexts
  readonly governance: GovernanceRules
  readonly activity: ActivityLog
  readonly reads: ReadLog
}

/** Runs SQL that a person or program wrote, and writes its result while it is read. */
export class QueryService {
  readonly #options: QueryServiceOptions

  constructor(options: QueryServiceOptions) {
    this.#options = options
  }

  async run(asker: Caller, connectionName: string, parameters: WireParameters): Promise<QueryAnswer> {
    const sql = parameters.requiredText('q', 'a SQL query')
    checkSqlSize(sql)
    const queryParameters = parameters.queryParameters()
    const bound = queryParameters ? { parameters: queryParameters } : {}
    const format = readFormat(parameters.text('format'))
    const source = { type: 'query', sql, ...bound } as const
    const right = await this.#options.access.authorizeSource(asker, 'sql.run', connectionName, source, WHOLE)
    const { connection } = right
    const filename = parameters.text('filename')
    // JSON is what pages and programs read; all else is for keeping.
    const isExport = format !== 'json' || filename !== undefined
    if (isExport && isMember(asker.principal)) {
      const { principal } = asker
      const { credentialPolicy, name, options } = connection
      const exported = { credentialPolicy, name, exports: options.exports }
      await this.#options.governance.check(principal, (policies) => decideExport(policies, principal, exported))
    }
    const { access, activity, connections, reads, texts } = this.#options
    const caller = await access.nameMap(asker, readMapId(parameters) ?? right.mapId)
    const { compiler } = connections.findProvider(connection.providerId)
    const writer = createResultWriter(format)
    const isFile = filename !== undefined
    const body = await texts.use(connection, source, async (resolved) => {
      const warehouse = await connections.warehouse(caller, connection, 'query')
      const statement = warehouse.compile(() => compiler.compileQuery(resolved.type === 'query' ? resolved : source))
      const options = { signal: caller.signal, timeoutMs: QUERY_TIMEOUT_MS, maxRows: MAX_ROWS }
      reads.note(caller.principal, connection, right.source, sql, caller.mapId, false)
      const read = readBatches(warehouse, statement, options)
      const count = { rows: 0 }
      const text = write(writer, read, count)
      const counted = isExport ? countExport(activity, { caller, connection, format, isFile }, text, count) : text
      return holdStream(counted, HOLD_CHARACTERS)
    })
    return { body, contentType: writer.contentType, filename }
  }
}

async function* write(
  writer: ResultWriter,
  batches: AsyncIterable<{
    readonly fields: Parameters<ResultWriter['begin']>[0]
    readonly rows: Parameters<ResultWriter['rows']>[0]
  }>,
  count: { rows: number },
): AsyncGenerator<string> {
  let hasBegun = false
  for await (const batch of batches) {
    if (!hasBegun) yield writer.begin(batch.fields)
    hasBegun = true
    count.rows += batch.rows.length
    yield writer.rows(batch.rows)
  }
  if (!hasBegun) yield writer.begin([])
  yield writer.end()
}

function readFormat(text: string | undefined): ResultFormat {
  const wanted = text?.toLowerCase() ?? 'json'
  const format = RESULT_FORMATS.find((candidate) => candidate === wanted)
  if (format) return format
  throw new AppError('invalid_request', `The format must be one of ${RESULT_FORMATS.join(', ')}; it is "${text}".`)
}
