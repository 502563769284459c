import type { SchemaField } from '@graticule/contract'
import type { Caller } from '../../http/caller.ts'
import type { WireParameters } from '../../http/wire-parameters.ts'
import { cacheMoment, DEFAULT_FRESHNESS_SECONDS, type Freshness } from '../../platform/cache/freshness.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { SourceDescriptions } from '../catalog/source-descriptions.ts'
import type { ConnectionDirectory } from '../connections/connection-directory.ts'
import { type SourceAccess, sourceNotFound } from '../connections/source-access.ts'
import type { SourceTexts } from '../named-sources/named-source-resolver.ts'
import { asDeclared, withDeclaredColumns } from './declared-columns.ts'
import { readSourceDefinition, type SourceEndpoint, useOfDefinition } from './source-definition.ts'
import type { SourceExtents } from './source-extents.ts'
import type { SourceHandle, SourceHandles } from './source-handles.ts'
import { findSpatialColumn, tileColumns } from './tile-request.ts'
import { createTileJson } from './tilejson.ts'

/** What opening a source answers. */
export interface OpenedSource {
  readonly nrows: number
  readonly size: number
  readonly schema: SchemaField[]
  readonly tilejson: { readonly url: string[] }
}

export interface MapSourceServiceOptions {
  readonly access: SourceAccess
  readonly directory: ConnectionDirectory
  readonly descriptions: SourceDescriptions
  readonly extents: SourceExtents
  readonly handles: SourceHandles
  readonly clock: Clock
  readonly texts: SourceTexts
}

/** What every address made for a source carries on: which answers are too old for it, and which map it is said to be for. */
export interface AddressNotes {
  readonly freshness: Freshness
  readonly mapId: string | undefined
}

/** Opens tables and queries as tiled sources: the first two requests of every layer. */
export class MapSourceService {
  readonly #options: MapSourceServiceOptions

  constructor(options: MapSourceServiceOptions) {
    this.#options = options
  }

  /** Checks the right to the source, that it exists and can be drawn, and gives it a handle. */
  async open(
    asker: Caller,
    connectionName: string,
    endpoint: SourceEndpoint,
    parameters: WireParameters,
    freshness: Freshness,
    baseUrl: string,
  ): Promise<OpenedSource> {
    const asked = readSourceDefinition(endpoint, parameters)
    const { access, descriptions, handles, texts } = this.#options
    const expression = parameters.text('aggregationExp')
    const use = { ...useOfDefinition(asked, 'declared'), expressions: expression === undefined ? [] : [expression] }
    const right = await access.authorizeSource(asker, 'tile.read', connectionName, asked.source, use)
    const { connection, declared } = right
    const mapId = readMapId(parameters) ?? right.mapId
    const caller = await access.nameMap(asker, mapId)
    const isRefresh = freshness.maxAgeSeconds === 0
    const { spatialDataColumn } = asked
    const { signal } = caller
    // What cannot be drawn is refused now, where the sentence reaches a person, not in a hundred tiles.
    const described = await texts.use(connection, asked.source, (source) =>
      descriptions.describeDrawn(caller, connection, source, spatialDataColumn, signal, isRefresh),
    )
    const definition = withDeclaredColumns(asked, declared, described, mapId)
    const description = asDeclared(described, declared)
    tileColumns(definition, description, findSpatialColumn(description, spatialDataColumn))
    const handle = await handles.register(connection.organizationId, connection.id, definition)
    const notes = { freshness, mapId }
    return {
      nrows: description.rowEstimate ?? 0,
      size: description.sizeBytes ?? 0,
      schema: description.columns.map(({ name, type }) => ({ name, type })),
      tilejson: { url: [this.#address(baseUrl, connectionName, `tilejson/${handle.id}`, notes)] },
    }
  }

  async readTileJson(
    asker: Caller,
    connectionName: string,
    handleId: string,
    notes: AddressNotes,
    baseUrl: string,
  ): Promise<Record<string, unknown>> {
    const { access, descriptions, extents, texts } = this.#options
    const connection = await access.authorizeConnection(asker.principal, 'tile.read', connectionName)
    const handle = await this.#options.handles.find(handleId)
    if (!handle || handle.connectionId !== connection.id) throw sourceNotFound()
    const { definition } = handle
    const use = useOfDefinition(definition, 'all')
    const right = await access.requireSource(asker, 'tile.read', connection, definition.source, use, 'address')
    const caller = await access.nameMap(asker, notes.mapId)
    const { spatialDataColumn } = definition
    return texts.use(connection, definition.source, async (source) => {
      const described = await descriptions.describeDrawn(caller, connection, source, spatialDataColumn)
      const spatial = findSpatialColumn(described, spatialDataColumn)
      const description = asDeclared(described, right.declared)
      const extent = await extents.find(caller, connection, source, described, spatial, notes.freshness)
      return createTileJson(definition, description, extent, this.#tilesAddress(baseUrl, connectionName, handle, notes))
    })
  }

  /** No file extension, and `formatTiles` that says what the tiles are: clients choose their decoder by both. */
  #tilesAddress(baseUrl: string, connectionName: string, handle: SourceHandle, notes: AddressNotes): string {
    return `${this.#address(baseUrl, connectionName, `tiles/${handle.id}/{z}/{x}/{y}`, notes)}&formatTiles=mvt`
  }

  #address(baseUrl: string, connectionName: string, path: string, { freshness, mapId }: AddressNotes): string {
    const moment = freshness.notBefore || cacheMoment(freshness, this.#options.clock.now().getTime())
    const isDefaultAge = freshness.maxAgeSeconds === DEFAULT_FRESHNESS_SECONDS || freshness.maxAgeSeconds === 0
    const query = new URLSearchParams({ cache: String(moment) })
    if (!isDefaultAge) query.set('maxAge', String(freshness.maxAgeSeconds))
    if (mapId !== undefined) query.set('map', mapId)
    return `${baseUrl}/v3/maps/${encodeURIComponent(connectionName)}/${path}?${query}`
  }
}

/** The map that a request says it is made for; `SourceAccess.nameMap` decides whether it is believed. */
export function readMapId(parameters: WireParameters): string | undefined {
  return asMapId(parameters.text('tag-mapId') ?? parameters.text('map'))
}

/** The text if it can be the id of a map. */
export function asMapId(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined
}
