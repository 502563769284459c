import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { REPOSITORY, startServer } from '@graticule/e2e'
import { type Finding, formatMs, type Section } from './report.ts'

const MAX_SECOND_START_MS = 10_000

/** From `git clone` to a ready server, and the start after that. */
export async function measureStartUp(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'graticule-bench-clone-'))
  const home = join(folder, 'home')
  const repository = join(folder, 'clone')
  try {
    const cloneMs = await timed(() => promisify(execFile)('git', ['clone', '--quiet', REPOSITORY, repository]))
    const options = { home, repository, via: 'launcher', readyWithinMs: 900_000 } as const
    const first = await startServer(options)
    const phases = readPhases(first.output())
    await first.stop()
    const second = await startServer(options)
    await second.stop()
    const findings: Finding[] = [
      { what: 'git clone', measured: formatMs(cloneMs), goal: '', reached: null },
      { what: 'first `npm start`, to ready', measured: formatMs(first.readyAfterMs), goal: '', reached: null },
      ...phases.map(({ name, ms }) => ({ what: `— ${name}`, measured: formatMs(ms), goal: '', reached: null })),
      {
        what: 'second `npm start`, to ready',
        measured: formatMs(second.readyAfterMs),
        goal: `< ${MAX_SECOND_START_MS / 1_000} s`,
        reached: second.readyAfterMs < MAX_SECOND_START_MS,
      },
    ]
    return {
      title: 'Start-up from a fresh clone',
      findings,
      notes: [
        'Packages come from the npm cache and registry that the machine has; the phases are as the launcher prints them.',
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** The launcher's and the server's own lines, such as `Built the web app in 6.9 s.` */
function readPhases(output: string): readonly { readonly name: string; readonly ms: number }[] {
  return [...output.matchAll(/^(?:\[[\d.]+ s\] )?([A-Z].*?) in (\d+(?:\.\d+)?) s\.?$/gm)].map(
    ([, name = '', seconds]) => ({
      name,
      ms: Number(seconds) * 1_000,
    }),
  )
}
