import type { MapDataset, MapDetail, MapList } from '@graticule/contract'
import { tileAtPosition } from '@graticule/tiles'
import type { Asker } from './asker.ts'

/** One address that both ask, byte for byte the same. */
export interface Question {
  readonly path: string
  /** For the report. */
  readonly label: string
}

/** How closely tiles are looked at. */
const ZOOMS = [0, 2, 4, 6, 9] as const

interface TileJson {
  readonly tiles: readonly string[]
  readonly bounds?: readonly [number, number, number, number]
}

/** Every question that the maps lead to which both may open: tiles where either of them sees data, and a count. */
export async function listQuestions(askers: readonly [Asker, Asker]): Promise<Question[]> {
  const [first, second] = askers
  const known = new Set((await listMaps(second)).map(({ id }) => id))
  const questions = new Map<string, Question>()
  for (const { id } of (await listMaps(first)).filter((map) => known.has(map.id))) {
    const { document } = await first.readJson<MapDetail>(`/workspace-api/maps/${id}`)
    for (const dataset of document.datasets) {
      for (const question of await listOfDataset(askers, dataset)) questions.set(question.path, question)
    }
  }
  return [...questions.values()]
}

async function listMaps(asker: Asker): Promise<MapList['maps']> {
  const { maps } = await asker.readJson<MapList>('/workspace-api/maps')
  return maps
}

async function listOfDataset(askers: readonly Asker[], dataset: MapDataset): Promise<Question[]> {
  const connection = encodeURIComponent(dataset.connectionName)
  const of = `of ${dataset.type === 'table' ? dataset.source : 'a query'} on ${dataset.connectionName}`
  const parameters: Record<string, string> = {}
  if (dataset.queryParameters) parameters.queryParameters = JSON.stringify(dataset.queryParameters)
  const count = new URLSearchParams({
    type: dataset.type,
    source: dataset.source,
    params: JSON.stringify({ operation: 'count', column: '*' }),
    ...parameters,
  })
  const questions: Question[] = [{ path: `/v3/sql/${connection}/model/formula?${count}`, label: `count ${of}` }]
  const opening = new URLSearchParams({
    [dataset.type === 'table' ? 'name' : 'q']: dataset.source,
    spatialDataColumn: dataset.geoColumn.split(':')[1] ?? 'geom',
    ...parameters,
  })
  if (dataset.columns) opening.set('columns', dataset.columns.join(','))
  const seen = await Promise.all(
    askers.map((asker) => readTileJson(asker, `/v3/maps/${connection}/${dataset.type}?${opening}`)),
  )
  // The address of one of them, so that both ask the very same.
  const template = seen.find((tileJson) => tileJson !== null)?.tiles[0]
  if (template === undefined) return questions
  for (const tileJson of seen) {
    const [west = 0, south = 0, east = 0, north = 0] = tileJson?.bounds ?? []
    for (const zoom of ZOOMS) {
      const { z, x, y } = tileAtPosition((west + east) / 2, (south + north) / 2, zoom)
      const path = pathOf(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`))
      questions.push({ path, label: `tile ${z}/${x}/${y} ${of}` })
    }
  }
  return questions
}

/** Null for one who may not see the source, or lacks a login for it. */
async function readTileJson(asker: Asker, path: string): Promise<TileJson | null> {
  try {
    const opened = await asker.readJson<{ readonly tilejson: { readonly url: readonly string[] } }>(path)
    return await asker.readJson<TileJson>(pathOf(opened.tilejson.url[0] ?? ''))
  } catch {
    return null
  }
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address, 'http://localhost')
  return `${decodeBraces(pathname)}${search}`
}

function decodeBraces(path: string): string {
  return path.replaceAll('%7B', '{').replaceAll('%7D', '}')
}
