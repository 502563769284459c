import { setTimeout as sleep } from 'node:timers/promises'
import { WorkspaceClient } from '@graticule/e2e'
import { calibrate } from './calibrate.ts'
import { HttpClient } from './http-client.ts'
import { type Finding, formatMs, type Section } from './report.ts'
import type { ServedTables } from './served-tables.ts'
import { percentile } from './statistics.ts'

const ROUNDS = 3
const MAX_DELAY_MS = 50
const PAGE_WITHIN_MS = 1_000
/** What the goal speaks of: a statement of at least two seconds, in every round. */
const MIN_STATEMENT_MS = 2_000
/** What a trial must take, so that a round on a quicker moment of the machine does not fall below. */
const TRIAL_MS = 2_500
/** Rows of the slow statement at first. */
const FIRST_GUESS = 2_000_000

/** What others feel while somebody's statement keeps the embedded warehouse busy for two seconds and more. */
export async function measureEventLoop(served: ServedTables): Promise<Section> {
  const { server, demo } = served
  const viewer = demo.users.find((user) => user.role === 'viewer')
  if (!viewer) throw new Error('demo.json names no viewer')
  const person = await WorkspaceClient.signIn(server.baseUrl, viewer.email, viewer.password)
  const http = new HttpClient(4)
  try {
    // The shorter of two, because what else the machine does makes one longer by chance.
    const tryTwice = async (size: number): Promise<number> =>
      Math.min(await timeSlowQuery(served, size, ROUNDS), await timeSlowQuery(served, size, ROUNDS + 1))
    const rows = await calibrate(tryTwice, FIRST_GUESS, TRIAL_MS)
    const delays: number[] = []
    const pages: number[] = []
    const durations: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await readDelayMs(served)
      let isBusy = true
      const busy = timeSlowQuery(served, rows, round).finally(() => {
        isBusy = false
      })
      await sleep(100)
      while (isBusy) {
        const from = performance.now()
        for (const path of ['/', '/auth/session', '/workspace-api/maps']) {
          const { status } = await http.get(server.baseUrl + path, { Cookie: person.cookie, Accept: 'text/html, */*' })
          if (status !== 200) throw new Error(`${path} answered ${status}`)
        }
        if (isBusy) pages.push(performance.now() - from)
        await sleep(20)
      }
      const took = await busy
      if (took < MIN_STATEMENT_MS) {
        throw new Error(
          `The statement of round ${round + 1} took ${formatMs(took)}, less than the ${formatMs(MIN_STATEMENT_MS)} that the goal speaks of. Run the bench again on a quiet machine.`,
        )
      }
      durations.push(took)
      delays.push(await readDelayMs(served))
    }
    const worst = Math.max(...delays)
    const page = percentile(pages, 0.99)
    const findings: Finding[] = [
      {
        what: 'event-loop delay, 99th percentile, worst of three rounds',
        measured: formatMs(worst),
        goal: `< ${MAX_DELAY_MS} ms`,
        reached: worst < MAX_DELAY_MS,
      },
      {
        what: 'page, session and map list of another person meanwhile, 99th percentile',
        measured: formatMs(page),
        goal: 'loads',
        reached: page < PAGE_WITHIN_MS,
      },
    ]
    return {
      title: 'While a statement keeps the embedded warehouse busy',
      findings,
      notes: [
        `The statement took ${durations.map(formatMs).join(', ')}; the delay is \`nodejs_eventloop_lag_p99_seconds\` of \`/metrics\` from its start to its end, of the timer's own 10 ms resolution included; ${pages.length} page loads.`,
      ],
    }
  } finally {
    http.close()
  }
}

/** Milliseconds from asking to the whole answer. */
async function timeSlowQuery(served: ServedTables, rows: number, round: number): Promise<number> {
  const startedAt = performance.now()
  await runSlowQuery(served, rows, round)
  return performance.now() - startedAt
}

async function runSlowQuery({ server, demo }: ServedTables, rows: number, round: number): Promise<void> {
  const q = `SELECT sum(sqrt(n + ${round})) AS total FROM generate_series(1, ${rows}) AS n`
  const response = await fetch(`${server.baseUrl}/v3/sql/${demo.connection}/query?${new URLSearchParams({ q })}`, {
    headers: { Authorization: `Bearer ${demo.apiToken}`, 'Cache-Control': 'no-cache' },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`The slow statement answered ${response.status}: ${text}`)
}

/** Reads the gauge, which starts anew with every reading. */
async function readDelayMs({ server }: ServedTables): Promise<number> {
  const text = await (await fetch(`${server.baseUrl}/metrics`)).text()
  const match = /^nodejs_eventloop_lag_p99_seconds(?:\{[^}]*\})? (\S+)$/m.exec(text)
  if (!match) throw new Error('/metrics has no event-loop delay')
  return Number(match[1]) * 1_000
}
