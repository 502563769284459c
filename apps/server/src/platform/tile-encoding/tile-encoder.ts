import { fileURLToPath } from 'node:url'
import { AppError } from '@graticule/contract'
import type { Compiler } from '@graticule/warehouses'
import { Piscina } from 'piscina'
import { encodeTileRow, type TileBytes, type TileJob } from './encode-tile-row.ts'

const WORKER_FILE = fileURLToPath(new URL('./encode-worker.ts', import.meta.url))

/**
 * Rows up to this many characters are encoded on the spot: that takes at most about two milliseconds, which is what
 * handing a row to another thread and back costs. Larger ones must not hold up everybody else's requests.
 */
export const INLINE_CHARACTERS = 96 * 1024

/** Makes tiles of rows: small ones at once, large ones in worker threads, so that the event loop is never held up. */
export class TileEncoder {
  readonly #pool: Piscina<TileJob, TileBytes>

  constructor(maxThreads: number) {
    this.#pool = new Piscina({
      filename: WORKER_FILE,
      minThreads: 0,
      maxThreads,
      idleTimeout: 30_000,
      maxQueue: 1_000,
      // The workers of a test run must not inherit the runner's loaders.
      execArgv: [],
    })
  }

  /** Tiles that threads have encoded so far. */
  get completedInThreads(): number {
    return this.#pool.completed
  }

  /** Throws `client_closed_request` when the signal aborts before a worker was done. */
  async encode(compiler: Compiler, job: TileJob, signal: AbortSignal): Promise<TileBytes> {
    if (countCharacters(job.row) <= INLINE_CHARACTERS) return encodeTileRow(compiler, job)
    try {
      return await this.#pool.run(job, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
      throw new AppError('client_closed_request', 'The request was cancelled before its tile was ready.', {
        cause: error,
      })
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

function countCharacters(row: readonly (string | null)[]): number {
  let count = 0
  for (const cell of row) count += cell?.length ?? 0
  return count
}
