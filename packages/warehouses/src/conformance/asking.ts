import type {
  Filters,
  FiltersLogicalOperator,
  SourceDescription,
  SpatialFilterGeometry,
  WidgetModelName,
  WidgetModelParams,
  WidgetModelResponse,
} from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { OBSERVATION_TABLE } from './observations.ts'
import type { ConformanceSubject } from './subject.ts'

export const RUN = { timeoutMs: 30_000 } as const

/** The table's qualified name. */
export function tableSource(subject: ConformanceSubject, table: string): Extract<Source, { type: 'table' }> {
  return { type: 'table', name: `${subject.schema}.${table}` }
}

export interface ModelQuestion<Name extends WidgetModelName> {
  readonly model: Name
  readonly params: WidgetModelParams[Name]
  readonly filters?: Filters
  readonly operator?: FiltersLogicalOperator
  readonly polygon?: SpatialFilterGeometry
  readonly source?: Source
  readonly description?: SourceDescription
}

/** Asks a model of the observations, or of the source given, all the way through compiler and warehouse. */
export async function askModel<Name extends WidgetModelName>(
  subject: ConformanceSubject,
  question: ModelQuestion<Name>,
): Promise<WidgetModelResponse> {
  const source = question.source ?? tableSource(subject, OBSERVATION_TABLE.name)
  const description = question.description ?? (await describeOnce(subject, source))
  const spatial = description.spatialColumns[0]
  const compiled = subject.compiler.compileModel({
    model: question.model,
    params: question.params,
    source,
    description,
    filters: question.filters ?? {},
    filtersLogicalOperator: question.operator ?? 'and',
    ...(question.polygon && spatial ? { spatialFilter: { spatial, geometry: question.polygon } } : {}),
  })
  return compiled.read((await subject.warehouse.run(compiled.statement, RUN)).rows)
}

const described = new WeakMap<ConformanceSubject, Map<string, SourceDescription>>()

/** Describes a source; the same one only once. */
export async function describeOnce(subject: ConformanceSubject, source: Source): Promise<SourceDescription> {
  const known = described.get(subject) ?? new Map<string, SourceDescription>()
  described.set(subject, known)
  const key = JSON.stringify(source)
  const description = known.get(key) ?? (await subject.warehouse.describe(source, RUN))
  known.set(key, description)
  return description
}
