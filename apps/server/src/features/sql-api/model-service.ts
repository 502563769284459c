import {
  AppError,
  type FiltersLogicalOperator,
  type SourceDescription,
  type SpatialColumn,
  SpatialFilterGeometry,
  type WidgetModelName,
  type WidgetModelResponse,
} from '@graticule/contract'
import type { ModelRequest, Source } from '@graticule/sql'
import { Value } from 'typebox/value'
import type { Caller } from '../../http/caller.ts'
import type { WireParameters } from '../../http/wire-parameters.ts'
import type { ReadLog } from '../../platform/activity/read-log.ts'
import type { CacheKeys } from '../../platform/cache/cache-key.ts'
import type { CachedAnswers, ObtainedJson } from '../../platform/cache/cached-answers.ts'
import type { Freshness } from '../../platform/cache/freshness.ts'
import { isNoGeometry, type SourceDescriptions } from '../catalog/source-descriptions.ts'
import { type Connection, freshnessFor } from '../connections/connection.ts'
import type { ConnectionService } from '../connections/connection-service.ts'
import type { SourceAccess } from '../connections/source-access.ts'
import { readMapId } from '../maps-api/map-source-service.ts'
import { checkSqlSize } from '../maps-api/source-definition.ts'
import type { SourceTexts } from '../named-sources/named-source-resolver.ts'
import { hasCustomSql, isWidgetModel, readModelParams } from './model-params.ts'
import { useOfModel } from './model-use.ts'

/** The longest that a widget may keep a warehouse busy, in milliseconds. */
const MODEL_TIMEOUT_MS = 60_000

/** No widget shows more rows than this. */
const MAX_MODEL_ROWS = 50_000

export interface ModelServiceOptions {
  readonly access: SourceAccess
  readonly connections: ConnectionService
  readonly descriptions: SourceDescriptions
  readonly answers: CachedAnswers
  readonly keys: CacheKeys
  readonly reads: ReadLog
  readonly texts: SourceTexts
}

/** Answers the widget models: one statement for each question, shared by all who ask it under one identity. */
export class ModelService {
  readonly #options: ModelServiceOptions

  constructor(options: ModelServiceOptions) {
    this.#options = options
  }

  async answer(
    asker: Caller,
    connectionName: string,
    model: string,
    parameters: WireParameters,
    freshness: Freshness,
  ): Promise<ReadAnswer<WidgetModelResponse>> {
    const { access, reads, texts } = this.#options
    if (!isWidgetModel(model)) throw new AppError('not_found', `There is no widget model called "${model}".`)
    const source = readModelSource(parameters)
    const connection = await access.authorizeConnection(asker.principal, 'widget.read', connectionName)
    const params = readModelParams(model, parameters.rawJson('params'))
    const drawn = readDrawnBy(parameters)
    const use = useOfModel(model, params, {
      filters: parameters.filters(),
      spatialDataColumns: [parameters.text('spatialDataColumn'), drawn.filter?.column].filter(isGiven),
    })
    const right = await access.requireSource(asker, 'widget.read', connection, source, use)
    const caller = await access.nameMap(asker, readMapId(parameters) ?? right.mapId)
    // Of what a map declares, its author wrote the SQL.
    const isOwnSql = hasCustomSql(params) && right.declared === null
    if (isOwnSql) access.requireExpressions(caller.principal, connection)
    const question = { model, params, connection, parameters, drawn, isOwnSql, freshness }
    const obtained = await texts.use(connection, source, (resolved) => this.#answer(caller, question, resolved))
    const sourceKey = source.type === 'table' ? source.name : source.sql
    reads.note(caller.principal, connection, right.source, sourceKey, caller.mapId, obtained.isHit)
    return { ...obtained, isUnkept: connection.options.neverCache }
  }

  async #answer(
    caller: Caller,
    { model, params, connection, parameters, drawn, isOwnSql, freshness }: Question,
    source: Source,
  ): Promise<ObtainedJson<WidgetModelResponse>> {
    const { access, answers, connections, keys } = this.#options
    const description = await this.#describe(caller, connection, source, drawn)
    const { compiler } = connections.findProvider(connection.providerId)
    const compiled = compiler.compileModel(createModelRequest(model, params, source, description, drawn, parameters))
    if (isOwnSql) await access.requireReads(caller, connection, compiled.statement)
    const identity = await connections.cacheIdentity(caller, connection)
    const key = keys.statementKey(identity, compiled.statement, `model/${model}`)
    return answers.obtainJson(
      key,
      connection.id,
      freshnessFor(connection, freshness),
      async (signal) => {
        const warehouse = await connections.warehouse(caller, connection, 'widget')
        const options = { signal, timeoutMs: MODEL_TIMEOUT_MS, maxRows: MAX_MODEL_ROWS }
        const { rows } = await warehouse.run(compiled.statement, options)
        return compiled.read(rows)
      },
      caller.signal,
    )
  }

  /** Most models say by which column the source is drawn and do not need it; only a spatial filter does. */
  async #describe(caller: Caller, connection: Connection, source: Source, drawn: DrawnBy): Promise<SourceDescription> {
    const { descriptions } = this.#options
    try {
      return await descriptions.describeDrawn(caller, connection, source, drawn.spatialDataColumn)
    } catch (error) {
      if (!isNoGeometry(error)) throw error
      const description = await descriptions.describe(caller, connection, source)
      if (drawn.filter && !filteredColumn(description, drawn)) throw error
      return description
    }
  }
}

/** An answer, where it came from, and whether it is kept at all. */
export interface ReadAnswer<Value> extends ObtainedJson<Value> {
  readonly isUnkept: boolean
}

/** What is asked of a source once it is certain that it may be. */
interface Question {
  readonly model: WidgetModelName
  readonly params: ModelRequest<WidgetModelName>['params']
  readonly connection: Connection
  readonly parameters: WireParameters
  readonly drawn: DrawnBy
  /** Whether it holds SQL that whoever asks wrote. */
  readonly isOwnSql: boolean
  readonly freshness: Freshness
}

/** What a request says of the source's geometry. */
interface DrawnBy {
  readonly spatialDataColumn: string
  readonly filter?: { readonly column: string; readonly geometry: SpatialFilterGeometry }
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined
}

function readDrawnBy(parameters: WireParameters): DrawnBy {
  const filter = readSpatialFilter(parameters)
  const spatialDataColumn = parameters.text('spatialDataColumn') ?? filter?.column ?? 'geom'
  return { spatialDataColumn, ...(filter && { filter }) }
}

/** The geometry that a spatial filter is about: the one that it names, else the one that the source is drawn by. */
function filteredColumn(
  { spatialColumns }: SourceDescription,
  { filter, spatialDataColumn }: DrawnBy,
): SpatialColumn | undefined {
  const find = (name: string | undefined) => spatialColumns.find((spatial) => spatial.spatialDataColumn === name)
  return find(filter?.column) ?? find(spatialDataColumn)
}

function readModelSource(parameters: WireParameters): Source {
  const text = parameters.requiredText('source', 'a table, or the SQL of a query')
  const type = parameters.text('type') ?? 'table'
  switch (type) {
    case 'table':
      return { type: 'table', name: text }
    case 'query': {
      checkSqlSize(text)
      const queryParameters = parameters.queryParameters()
      return { type: 'query', sql: text, ...(queryParameters ? { parameters: queryParameters } : {}) }
    }
    default:
      throw new AppError('invalid_request', `The type of a source is "table" or "query", not "${type}".`)
  }
}

function createModelRequest<Name extends WidgetModelName>(
  model: Name,
  params: ModelRequest<Name>['params'],
  source: Source,
  description: SourceDescription,
  drawn: DrawnBy,
  parameters: WireParameters,
): ModelRequest<Name> {
  const spatial = description.spatialColumns.find((each) => each.spatialDataColumn === drawn.spatialDataColumn)
  const filtered = filteredColumn(description, drawn)
  return {
    model,
    params,
    source,
    description,
    filters: parameters.filters(),
    filtersLogicalOperator: readLogicalOperator(parameters),
    ...(spatial ? { spatial } : {}),
    ...(drawn.filter && filtered ? { spatialFilter: { spatial: filtered, geometry: drawn.filter.geometry } } : {}),
  }
}

/** Any case; whatever is not known means `and`, as it does for older clients that spell out `undefined`. */
function readLogicalOperator(parameters: WireParameters): FiltersLogicalOperator {
  return parameters.text('filtersLogicalOperator')?.toLowerCase() === 'or' ? 'or' : 'and'
}

function readSpatialFilter(parameters: WireParameters): DrawnBy['filter'] {
  const given = parameters.rawJson('spatialFilters')
  if (given === undefined) return undefined
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new AppError('invalid_request', 'The spatialFilters must be an object of column → polygon.')
  }
  const [entry, ...others] = Object.entries(given)
  if (!entry) return undefined
  if (others.length > 0) throw new AppError('invalid_request', 'Only one spatial filter can be given at a time.')
  const [column, geometry] = entry
  const spatialDataType = parameters.text('spatialDataType') ?? 'geo'
  const isIndexList = typeof geometry === 'object' && geometry !== null && 'indexes' in geometry
  if (isIndexList || !['geo', 'trajectory'].includes(spatialDataType)) {
    throw new AppError('not_implemented', 'Spatial filters on H3 and quadbin cells are not served by this version.')
  }
  if (!Value.Check(SpatialFilterGeometry, geometry)) {
    throw new AppError('invalid_request', 'A spatial filter must be a GeoJSON Polygon or MultiPolygon in degrees.')
  }
  return { column, geometry }
}
