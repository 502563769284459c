import pg from 'pg'
import { bareMvtStatement } from './bare-mvt.ts'
import { HttpClient } from './http-client.ts'
import { type Finding, formatMs, formatRatio, type Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { median, percentile } from './statistics.ts'
import { type BenchTable, COUNTIES, POINTS_IN_RANDOM_ORDER, POINTS_IN_SPATIAL_ORDER } from './synthetic-tables.ts'
import { type ChosenTile, chooseTiles } from './tile-choice.ts'

const ROUNDS = 7
/** Requests before anything is measured: a server that has just started still runs code that was never compiled. */
const WARM_UP_REQUESTS = 1_500
const MAX_RATIO = 0.6
const MAX_EXTRA_MS = 1.5
const LARGE = { min: 300, max: 5_000 }
const SMALL = { min: 1, max: 99 }

interface Measurement {
  readonly bareMs: number
  readonly oursMs: number
  readonly bareBytes: number
  readonly ourBytes: number
}

/** Our whole HTTP answer, cache off, against a bare client that runs the tile in SQL, in turns within one run. */
export async function measureUncachedTiles(served: ServedTables): Promise<Section> {
  const client = new pg.Client({ connectionString: served.connectionString })
  await client.connect()
  const serial = new pg.Client({ connectionString: served.connectionString })
  await serial.connect()
  await serial.query('SET max_parallel_workers_per_gather = 0')
  const http = new HttpClient()
  const findings: Finding[] = []
  try {
    for (const table of [POINTS_IN_SPATIAL_ORDER, COUNTIES]) await warmUp(served, client, http, table)
    for (const table of [POINTS_IN_SPATIAL_ORDER, POINTS_IN_RANDOM_ORDER, COUNTIES]) {
      const zooms = table.geometry === 'point' ? [5, 6, 7, 8, 9, 10] : [2, 3, 4, 5]
      findings.push(await measureLarge(served, client, http, table, zooms))
      if (table === POINTS_IN_RANDOM_ORDER) continue
      const finding = await measureLarge(served, serial, http, table, zooms)
      findings.push({ ...finding, what: `— bare without parallel workers`, goal: '', reached: null })
    }
    for (const table of [POINTS_IN_SPATIAL_ORDER, COUNTIES]) {
      findings.push(await measureSmall(served, client, http, table))
    }
  } finally {
    http.close()
    await client.end()
    await serial.end()
  }
  return {
    title: 'Uncached tiles from PostGIS',
    findings,
    notes: [
      `Medians over tiles of the median of ${ROUNDS} rounds each; the two sides take turns tile by tile, one request at a time, on warm pages, after ${WARM_UP_REQUESTS} small tiles of either kind from each side.`,
      'Ours is the whole HTTP answer (authorization, statement, encoding, body) with `Cache-Control: no-cache`; bare is one `pg` client that runs `ST_AsMVT` and reads the bytes. Both carry the same columns.',
      'From about 2,400 points on PostgreSQL starts parallel workers for `ST_AsMVT`, which on these tiles costs more than it brings; the rows without them show bare at its best.',
    ],
  }
}

async function measureLarge(
  served: ServedTables,
  client: pg.Client,
  http: HttpClient,
  table: BenchTable,
  zooms: readonly number[],
): Promise<Finding> {
  const tiles = await chooseTiles(client, table, LARGE, zooms, 40)
  const { bareMs, oursMs, bareBytes, ourBytes } = await measure(served, client, http, table, tiles)
  const ratio = oursMs / bareMs
  return {
    what: `${table.label}, ${describeTiles(tiles)}`,
    measured: `${formatMs(oursMs)} : ${formatMs(bareMs)} = ${formatRatio(ratio)} (${kilobytes(ourBytes)} : ${kilobytes(bareBytes)})`,
    goal: table === POINTS_IN_RANDOM_ORDER ? '' : `≤ ${MAX_RATIO} ×`,
    reached: table === POINTS_IN_RANDOM_ORDER ? null : ratio <= MAX_RATIO,
  }
}

async function measureSmall(
  served: ServedTables,
  client: pg.Client,
  http: HttpClient,
  table: BenchTable,
): Promise<Finding> {
  const tiles = await chooseSmall(client, table)
  const { bareMs, oursMs } = await measure(served, client, http, table, tiles)
  return {
    what: `${table.label}, ${describeTiles(tiles)}`,
    measured: `${formatMs(oursMs)} : ${formatMs(bareMs)} = +${formatMs(oursMs - bareMs)}`,
    goal: `≤ bare + ${MAX_EXTRA_MS} ms`,
    reached: oursMs - bareMs <= MAX_EXTRA_MS,
  }
}

function chooseSmall(client: pg.Client, table: BenchTable): Promise<readonly ChosenTile[]> {
  return chooseTiles(client, table, SMALL, table.geometry === 'point' ? [9, 10, 11, 12] : [5, 6, 7, 8], 40)
}

async function warmUp(served: ServedTables, client: pg.Client, http: HttpClient, table: BenchTable): Promise<void> {
  const tiles = await chooseSmall(client, table)
  const tileUrl = await served.tileUrl(table)
  const statement = bareMvtStatement(table)
  for (let request = 0; request < WARM_UP_REQUESTS; request++) {
    const tile = tiles[request % tiles.length] as ChosenTile
    await client.query({ text: statement, values: [tile.z, tile.x, tile.y], rowMode: 'array' })
    await http.get(tileUrl(tile), uncachedHeaders(served))
  }
}

function uncachedHeaders(served: ServedTables) {
  return { Authorization: `Bearer ${served.token}`, 'Cache-Control': 'no-cache' }
}

async function measure(
  served: ServedTables,
  client: pg.Client,
  http: HttpClient,
  table: BenchTable,
  chosen: readonly ChosenTile[],
): Promise<Measurement> {
  const statement = bareMvtStatement(table)
  const tiles: ChosenTile[] = []
  for (const tile of chosen) {
    // Tiles are chosen by boxes, and a box may reach where its shape does not.
    const { rows } = await client.query({ text: statement, values: [tile.z, tile.x, tile.y], rowMode: 'array' })
    if ((rows[0]?.[0].length ?? 0) > 0) tiles.push(tile)
  }
  if (tiles.length === 0) throw new Error(`${table.table} has no tile of the wanted size`)
  const tileUrl = await served.tileUrl(table)
  const headers = uncachedHeaders(served)
  const bare = new Map<ChosenTile, number[]>(tiles.map((tile) => [tile, []]))
  const ours = new Map<ChosenTile, number[]>(tiles.map((tile) => [tile, []]))
  const bareBytes: number[] = []
  const ourBytes: number[] = []
  for (let round = -2; round < ROUNDS; round++) {
    for (const tile of tiles) {
      const runBare = async (): Promise<void> => {
        const startedAt = performance.now()
        const { rows } = await client.query({ text: statement, values: [tile.z, tile.x, tile.y], rowMode: 'array' })
        if (round >= 0) bare.get(tile)?.push(performance.now() - startedAt)
        if (round === 0) bareBytes.push(rows[0]?.[0].length ?? 0)
      }
      const runOurs = async (): Promise<void> => {
        const startedAt = performance.now()
        const answer = await http.get(tileUrl(tile), headers)
        if (round >= 0) ours.get(tile)?.push(performance.now() - startedAt)
        if (answer.status !== 200) throw new Error(`${tileUrl(tile)} answered ${answer.status}`)
        if (round === 0) ourBytes.push(answer.bytes)
      }
      // Whoever goes second finds the pages in memory; taking turns shares that out.
      for (const run of round % 2 === 0 ? [runBare, runOurs] : [runOurs, runBare]) await run()
    }
  }
  return {
    bareMs: median([...bare.values()].map(median)),
    oursMs: median([...ours.values()].map(median)),
    bareBytes: median(bareBytes),
    ourBytes: median(ourBytes),
  }
}

function describeTiles(tiles: readonly ChosenTile[]): string {
  const counts = tiles.map((tile) => tile.featureCount)
  return `${tiles.length} tiles of ${Math.min(...counts)}–${Math.max(...counts)} features (median ${Math.round(percentile(counts, 0.5))})`
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_024).toFixed(0)} kB`
}
