import type { SourceDescription } from '@graticule/contract'
import { handsOut } from '@graticule/policy'
import type { MapUse } from '../connections/source-access.ts'
import type { SourceDefinition } from './source-definition.ts'

/** The definition with the columns that the map hands out, where neither the request nor the map says that it is all. */
export function withDeclaredColumns(
  definition: SourceDefinition,
  declared: readonly MapUse[] | null,
  description: SourceDescription,
  mapId: string | undefined,
): SourceDefinition {
  if (declared === null || definition.columns !== null) return definition
  const chosen = declared.find((each) => each.mapId === mapId) ?? declared[0]
  const columns = chosen?.use.columns ?? null
  if (columns === null) return definition
  // What the source has lost since was not asked for by name.
  const isThere = (name: string) => name.startsWith('_carto_') || description.columns.some((each) => each.name === name)
  return { ...definition, columns: columns.filter(isThere) }
}

/** What readers of maps may know of a source: of its columns, those whose values they get. */
export function asDeclared(description: SourceDescription, declared: readonly MapUse[] | null): SourceDescription {
  if (declared === null) return description
  const columns = description.columns.filter(({ name }) => declared.some(({ use }) => handsOut(use, name)))
  return { ...description, columns }
}
