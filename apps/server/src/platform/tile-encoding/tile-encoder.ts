import { fileURLToPath } from 'node:url'
import { AppError } from '@graticule/contract'
import type { Compiler } from '@graticule/warehouses'
import { Piscina } from 'piscina'
import { encodeTileRow, type TileBytes, type TileJob } from './encode-tile-row.ts'

const WORKER_FILE = fileURLToPath(new URL('./encode-worker.ts', import.meta.url))

/**
 * Rows up to this many characters are encoded on the spot: that takes one or two milliseconds, little more than handing
 * a row to another thread and its tile back. Larger ones must not hold up everybody else's requests.
 */
export const INLINE_CHARACTERS = 128 * 1024

/** Makes tiles of rows: small ones at once, large ones in worker threads, so that the event loop is never held up. */
export class TileEncoder {
  readonly #maxThreads: number
  #threads: Piscina<TileJob, TileBytes> | null = null

  constructor(maxThreads: number) {
    this.#maxThreads = maxThreads
  }

  /** Tiles that threads have encoded so far. */
  get completedInThreads(): number {
    return this.#threads?.completed ?? 0
  }

  /** Throws `client_closed_request` when the signal aborts before a worker was done. */
  async encode(compiler: Compiler, job: TileJob, signal: AbortSignal): Promise<TileBytes> {
    if (countCharacters(job.row) <= INLINE_CHARACTERS) return encodeTileRow(compiler, job)
    try {
      return await this.#openThreads().run(job, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
      throw new AppError('client_closed_request', 'The request was cancelled before its tile was ready.', {
        cause: error,
      })
    }
  }

  async close(): Promise<void> {
    await this.#threads?.destroy()
  }

  /** A server that never serves a large tile never pays for threads; one that does keeps the first of them warm. */
  #openThreads(): Piscina<TileJob, TileBytes> {
    this.#threads ??= new Piscina({
      filename: WORKER_FILE,
      minThreads: 1,
      maxThreads: this.#maxThreads,
      idleTimeout: 30_000,
      maxQueue: 1_000,
      // The threads of a test run must not inherit the runner's loaders.
      execArgv: [],
      // A thread left to itself lets its young generation grow by tens of megabytes, for garbage of one tile each.
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    })
    return this.#threads
  }
}

function countCharacters(row: readonly (string | null)[]): number {
  let count = 0
  for (const cell of row) count += cell?.length ?? 0
  return count
}
