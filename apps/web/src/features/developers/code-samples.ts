import type { TokenGrant } from '@graticule/contract'

/** What a code sample is filled in with. */
export interface SampleInput {
  readonly apiBaseUrl: string
  readonly token: string
  readonly grants: readonly TokenGrant[]
  readonly allowedApis: readonly string[]
  /** A table to show when every grant is `*`. */
  readonly exampleTable: string
  /** A map that opens without any token, if the person has one. */
  readonly publicMapId?: string | undefined
}

/** One way to use a token, ready to run. */
export interface CodeSample {
  readonly id: 'javascript' | 'query' | 'fetchMap' | 'curl'
  readonly code: string
}

/** Samples that run as they stand with exactly what the token may do. */
export function codeSamples(input: SampleInput): readonly CodeSample[] {
  const grant = input.grants.find(({ source }) => isTable(source)) ?? input.grants[0]
  if (!grant) return []
  const table = isTable(grant.source) ? grant.source : tableWithin(grant.source, input.exampleTable)
  const connection = grant.connection_name
  const canDraw = input.allowedApis.includes('maps')
  const samples: CodeSample[] = []
  if (canDraw) samples.push({ id: 'javascript', code: layerSample(input, connection, table) })
  if (input.allowedApis.includes('sql')) samples.push({ id: 'query', code: querySample(input, connection, table) })
  if (input.publicMapId !== undefined) samples.push({ id: 'fetchMap', code: mapSample(input, input.publicMapId) })
  samples.push({ id: 'curl', code: canDraw ? curlMap(input, connection, table) : curlQuery(input, connection, table) })
  return samples
}

function isTable(source: string): boolean {
  return !source.includes('*') && !/\s/.test(source)
}

/** The example, when the grant covers it; else what to put in. */
function tableWithin(source: string, exampleTable: string): string {
  if (source === '*' || exampleTable.startsWith(source.slice(0, -1))) return exampleTable
  return source.replace('*', 'table')
}

function layerSample({ apiBaseUrl, token }: SampleInput, connection: string, table: string): string {
  return `import { Deck } from '@deck.gl/core'
import { VectorTileLayer, vectorTableSource } from '@deck.gl/carto'

const data = vectorTableSource({
  apiBaseUrl: ${quote(apiBaseUrl)},
  accessToken: ${quote(token)},
  connectionName: ${quote(connection)},
  tableName: ${quote(table)},
})

new Deck({
  initialViewState: { longitude: 0, latitude: 20, zoom: 1.5 },
  controller: true,
  layers: [
    new VectorTileLayer({
      id: 'layer',
      data,
      pointRadiusMinPixels: 2,
      getFillColor: [12, 110, 102, 180],
      getLineColor: [12, 110, 102],
      lineWidthMinPixels: 1,
    }),
  ],
})`
}

function mapSample({ apiBaseUrl }: SampleInput, mapId: string): string {
  return `import { fetchMap } from '@deck.gl/carto'

const { title, layers, initialViewState } = await fetchMap({
  apiBaseUrl: ${quote(apiBaseUrl)},
  cartoMapId: ${quote(mapId)},
})
// new Deck({ initialViewState, controller: true, layers })
console.log(title, layers.length, initialViewState)`
}

function querySample({ apiBaseUrl, token }: SampleInput, connection: string, table: string): string {
  return `import { query } from '@carto/api-client'

const { rows } = await query({
  apiBaseUrl: ${quote(apiBaseUrl)},
  accessToken: ${quote(token)},
  connectionName: ${quote(connection)},
  sqlQuery: ${quote(queryOf(table))},
})
console.table(rows)`
}

function curlMap({ apiBaseUrl, token }: SampleInput, connection: string, table: string): string {
  return `curl --get '${apiBaseUrl}/v3/maps/${encodeURIComponent(connection)}/table' \\
  --header 'Authorization: Bearer ${token}' \\
  --data-urlencode 'name=${table}'`
}

function curlQuery({ apiBaseUrl, token }: SampleInput, connection: string, table: string): string {
  return `curl --get '${apiBaseUrl}/v3/sql/${encodeURIComponent(connection)}/query' \\
  --header 'Authorization: Bearer ${token}' \\
  --data-urlencode 'q=${queryOf(table)}'`
}

/** A named source stands where SQL would. */
function queryOf(table: string): string {
  return table.includes('.') ? `SELECT * FROM ${table} LIMIT 10` : table
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
