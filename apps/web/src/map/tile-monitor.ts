import { parse } from '@loaders.gl/core'
import { MVTLoader } from '@loaders.gl/mvt'
import mvtWorkerUrl from '@loaders.gl/mvt/mvt-worker.js?url'
import { type CredentialRefusal, readCredentialRefusal } from './credential-refusal.ts'

/** How far the tiles of one layer have come. */
export interface TileProgress {
  readonly loading: number
  readonly failed: number
  /** The first failure's sentence; null while none failed. */
  readonly error: string | null
  /** True when some tile was refused because nobody is signed in any more. */
  readonly signedOut: boolean
  /** That it failed for want of a database login. */
  readonly refusal: CredentialRefusal | null
  /** True when some tile left features out to stay within its budget. */
  readonly thinned: boolean
}

export const NO_TILES: TileProgress = {
  loading: 0,
  failed: 0,
  error: null,
  signedOut: false,
  refusal: null,
  thinned: false,
}

interface TileRequest {
  readonly loadOptions?: Record<string, unknown>
  readonly signal?: AbortSignal
}

/** Milliseconds in which changes are told together: dozens of tiles come and go in a moment. */
const REPORT_MS = 60

/** Fetches and parses the tiles of one layer, and tells how far they have come. */
export class TileMonitor {
  #progress: TileProgress = NO_TILES
  #reportTimer: ReturnType<typeof setTimeout> | undefined
  readonly #requestInit: RequestInit
  readonly #onChange: (progress: TileProgress) => void

  constructor(requestInit: RequestInit, onChange: (progress: TileProgress) => void) {
    this.#requestInit = requestInit
    this.#onChange = onChange
  }

  get progress(): TileProgress {
    return this.#progress
  }

  /** Forgets earlier failures: the tiles are about to be asked for again. */
  reset(): void {
    this.#report({ failed: 0, error: null, signedOut: false, refusal: null, thinned: false })
  }

  /** The `fetch` of a tile layer: answers parsed tile data, or null where there is none. */
  readonly fetch = async (url: string, { loadOptions, signal }: TileRequest): Promise<unknown> => {
    this.#report({ loading: this.#progress.loading + 1 })
    try {
      return await this.#load(url, loadOptions, signal)
    } catch (error) {
      if (!signal?.aborted) {
        const sentence = error instanceof Error ? error.message : String(error)
        const refusal = error instanceof TileError ? error.refusal : null
        this.#report({
          failed: this.#progress.failed + 1,
          error: this.#progress.error ?? sentence,
          refusal: this.#progress.refusal ?? refusal,
        })
      }
      throw error
    } finally {
      this.#report({ loading: this.#progress.loading - 1 })
    }
  }

  async #load(url: string, loadOptions: TileRequest['loadOptions'], signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(url, { ...this.#requestInit, signal })
    if (response.status === 204) return null
    if (response.status === 401) this.#report({ signedOut: true })
    if (!response.ok) throw await tileError(response)
    if (response.headers.get('features-dropped-from-tile') === 'true') this.#report({ thinned: true })
    const bytes = await response.arrayBuffer()
    if (bytes.byteLength === 0) return null
    return parse(bytes, MVTLoader, {
      core: { worker: true },
      mvt: { shape: 'binary', coordinates: 'local', ...optionsFor(loadOptions), workerUrl: mvtWorkerUrl },
    })
  }

  #report(change: Partial<TileProgress>): void {
    this.#progress = { ...this.#progress, ...change }
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined
      this.#onChange(this.#progress)
    }, REPORT_MS)
  }
}

function optionsFor(loadOptions: TileRequest['loadOptions']): Record<string, unknown> {
  const own = loadOptions?.mvt
  return typeof own === 'object' && own !== null ? { ...own } : {}
}

/** Why a tile was not answered. */
class TileError extends Error {
  readonly refusal: CredentialRefusal | null

  constructor(sentence: string, refusal: CredentialRefusal | null) {
    super(sentence)
    this.refusal = refusal
  }
}

async function tileError(response: Response): Promise<TileError> {
  try {
    const body = (await response.json()) as { error?: unknown }
    if (typeof body.error === 'string') return new TileError(body.error, readCredentialRefusal(body))
  } catch {
    // A proxy may answer with HTML; the status then says more than the body.
  }
  return new TileError(`The server answered ${response.status} for a tile.`, null)
}
