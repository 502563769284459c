import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { HttpClient } from './http-client.ts'
import { readCpuMs } from './process-usage.ts'
import { formatRatio, type Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { median, medianOfRatios } from './statistics.ts'
import { POINTS_IN_SPATIAL_ORDER } from './synthetic-tables.ts'
import { chooseTiles } from './tile-choice.ts'

const ROUNDS = 3
/** The sides take turns this often in a round, so that a machine that slows down and recovers does so for both. */
const TURNS_PER_ROUND = 30
const REQUESTS_PER_TURN = 500
const REQUESTS_PER_ROUND = TURNS_PER_ROUND * REQUESTS_PER_TURN
const CONNECTIONS = 8
const MAX_RATIO = 1.5

/** CPU that one cached tile costs our server, authorization on, against a bare Fastify route with the same bytes. */
export async function measureCachedTile(served: ServedTables): Promise<Section> {
  const client = new pg.Client({ connectionString: served.connectionString })
  await client.connect()
  const [tile] = await chooseTiles(client, POINTS_IN_SPATIAL_ORDER, { min: 900, max: 1_100 }, [7, 8], 1)
  await client.end()
  if (!tile) throw new Error('No tile of about a thousand features')
  const url = (await served.tileUrl(POINTS_IN_SPATIAL_ORDER))(tile)
  const headers = { Authorization: `Bearer ${served.token}` }
  const bytes = Buffer.from(await (await fetch(url, { headers })).arrayBuffer())

  const folder = await mkdtemp(join(tmpdir(), 'graticule-bench-'))
  const bytesPath = join(folder, 'tile')
  await writeFile(bytesPath, bytes)
  const bare = await startBareServer(bytesPath, 'one-line')
  const verbose = await startBareServer(bytesPath, 'two-lines')
  const http = new HttpClient(CONNECTIONS)
  try {
    const sides = [
      { pid: bare.pid, address: bare.url },
      { pid: served.server.pid, address: url },
      { pid: verbose.pid, address: verbose.url },
    ]
    /** Microseconds of CPU per request of one round, side by side. */
    const measureRound = async (): Promise<number[]> => {
      const used = sides.map(() => 0)
      for (let turn = 0; turn < TURNS_PER_ROUND; turn++) {
        for (const [index, { pid, address }] of sides.entries()) {
          const before = readCpuMs(pid)
          await http.load(address, headers, REQUESTS_PER_TURN)
          used[index] = (used[index] ?? 0) + readCpuMs(pid) - before
        }
      }
      return used.map((milliseconds) => (milliseconds * 1_000) / REQUESTS_PER_ROUND)
    }
    await http.load(url, headers, 3_000)
    await http.load(bare.url, headers, 3_000)
    await http.load(verbose.url, headers, 3_000)
    const rounds: number[][] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound())
    const [theirs = [], ours = [], verboseTheirs = []] = sides.map((_, side) => rounds.map((round) => round[side] ?? 0))
    const ratio = medianOfRatios(ours, theirs)
    const pairs = (others: readonly number[]): string =>
      ours
        .map((value, round) => [value, others[round] ?? Number.NaN] as const)
        .map(([our, their]) => `${our.toFixed(0)} : ${their.toFixed(0)} µs = ${formatRatio(our / their)}`)
        .join(', ')
    return {
      title: 'A cached tile, authorization on',
      findings: [
        {
          what: `server CPU per request, ${(bytes.length / 1_024).toFixed(0)} kB tile, against a bare Fastify route`,
          measured: `${formatRatio(ratio)} (about ${median(ours).toFixed(0)} µs : ${median(theirs).toFixed(0)} µs)`,
          goal: `≤ ${MAX_RATIO} ×`,
          reached: ratio <= MAX_RATIO,
        },
        {
          what: 'the same, against the two lines a request that Fastify logs by itself',
          measured: `${formatRatio(medianOfRatios(ours, verboseTheirs))} (about ${median(ours).toFixed(0)} µs : ${median(verboseTheirs).toFixed(0)} µs)`,
          goal: '',
          reached: null,
        },
      ],
      notes: [
        `User plus system time of the server process over ${REQUESTS_PER_ROUND} requests on ${CONNECTIONS} kept connections, ${ROUNDS} rounds, in each of which the sides take ${TURNS_PER_ROUND} turns. Rounds are paired: the ratio is the median of the rounds' own ratios, and the durations beside it are medians of each side. Ours : bare ${pairs(theirs)}; ours : two lines ${pairs(verboseTheirs)}. Bare is a Fastify route that returns the same bytes from memory with the same logger and the same line for each request.`,
      ],
    }
  } finally {
    http.close()
    bare.stop()
    verbose.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A bare Fastify process; its output goes into a pipe that is read, as our server's does. */
async function startBareServer(bytesPath: string, logging: 'one-line' | 'two-lines') {
  const script = fileURLToPath(new URL('./bare-server.ts', import.meta.url))
  const child = fork(script, [bytesPath, logging], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  child.stdout?.resume()
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { pid: child.pid as number, url: `http://127.0.0.1:${port}/tile`, stop: () => child.disconnect() }
}
