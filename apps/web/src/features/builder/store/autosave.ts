import type { MapDocument } from '@graticule/contract'

/** What the person is told about the state of their work. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saving' }
  /** `reason` is a sentence; `canRetry` is false when asking again cannot help. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Somebody else saved in between; nothing is written until a person chooses. */
  | { readonly kind: 'conflict' }

/** What the server says about a stored map. */
export interface StoredMap {
  readonly revision: number
  readonly document: MapDocument
}

/** How the autosaver talks to the server. */
export interface MapStorage {
  /** Writes; answers the new revision. Throws an error for which `isConflict` is true when the revision is old. */
  write(revision: number, document: MapDocument, signal: AbortSignal): Promise<StoredMap>
  read(signal: AbortSignal): Promise<StoredMap>
  isConflict(error: unknown): boolean
  explain(error: unknown): string
}

/** Milliseconds of quiet before an edit is saved. */
const QUIET_MS = 900

/** Milliseconds before a failed save is tried again by itself. */
const RETRY_MS = 10_000

/** Saves a document after each pause in editing: one request at a time, never losing the newest edit. */
export class Autosave {
  #revision: number
  #saved: MapDocument
  #latest: MapDocument
  #state: SaveState = { kind: 'saved' }
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | null = null
  readonly #abort = new AbortController()
  readonly #storage: MapStorage
  readonly #onState: (state: SaveState) => void

  constructor(storage: MapStorage, stored: StoredMap, onState: (state: SaveState) => void) {
    this.#storage = storage
    this.#revision = stored.revision
    this.#saved = stored.document
    this.#latest = stored.document
    this.#onState = onState
  }

  get state(): SaveState {
    return this.#state
  }

  /** True while closing the page would lose an edit. */
  get hasUnsavedWork(): boolean {
    return this.#latest !== this.#saved
  }

  /** Takes note of an edit. */
  update(document: MapDocument): void {
    if (document === this.#latest) return
    this.#latest = document
    if (this.#state.kind === 'conflict') return
    if (document === this.#saved && !this.#running) {
      clearTimeout(this.#timer)
      this.#setState({ kind: 'saved' })
      return
    }
    if (!this.#running) this.#setState({ kind: 'unsaved' })
    this.#schedule(QUIET_MS)
  }

  /** Saves now; resolves when the newest edit is stored or the attempt failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#running) await this.#running
    if (this.hasUnsavedWork && this.#state.kind !== 'conflict') await this.#save()
  }

  /** Resolves a conflict with what is stored now; answers the document to show. */
  async takeTheirs(): Promise<MapDocument> {
    const stored = await this.#storage.read(this.#abort.signal)
    this.#revision = stored.revision
    this.#saved = stored.document
    this.#latest = stored.document
    this.#setState({ kind: 'saved' })
    return stored.document
  }

  /** Resolves a conflict by writing this document over what is stored now; answers what that was. */
  async keepMine(): Promise<MapDocument> {
    const stored = await this.#storage.read(this.#abort.signal)
    this.#revision = stored.revision
    this.#setState({ kind: 'unsaved' })
    await this.#save()
    return stored.document
  }

  /** Stops timers and requests. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#abort.abort()
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), delayMs)
  }

  #save(): Promise<void> {
    this.#running = this.#write().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #write(): Promise<void> {
    const document = this.#latest
    this.#setState({ kind: 'saving' })
    try {
      const stored = await this.#storage.write(this.#revision, document, this.#abort.signal)
      this.#revision = stored.revision
      this.#saved = document
      if (this.#latest === document) this.#setState({ kind: 'saved' })
      else {
        this.#setState({ kind: 'unsaved' })
        this.#schedule(QUIET_MS)
      }
    } catch (error) {
      if (this.#abort.signal.aborted) return
      if (this.#storage.isConflict(error)) {
        await this.#meetConflict()
        return
      }
      this.#setState({ kind: 'failed', reason: this.#storage.explain(error) })
      this.#schedule(RETRY_MS)
    }
  }

  /** A new revision with the same document (somebody only shared the map) is no conflict. */
  async #meetConflict(): Promise<void> {
    try {
      const stored = await this.#storage.read(this.#abort.signal)
      if (JSON.stringify(stored.document) !== JSON.stringify(this.#saved)) {
        this.#setState({ kind: 'conflict' })
        return
      }
      this.#revision = stored.revision
      this.#setState({ kind: 'unsaved' })
      this.#schedule(0)
    } catch (error) {
      if (this.#abort.signal.aborted) return
      this.#setState({ kind: 'failed', reason: this.#storage.explain(error) })
      this.#schedule(RETRY_MS)
    }
  }

  #setState(state: SaveState): void {
    this.#state = state
    this.#onState(state)
  }
}
