import { emptyMapDocument, type MapDocument } from '@graticule/contract'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { setTitle } from '../commands/map.ts'
import { Autosave, type MapStorage, type SaveState, type StoredMap } from './autosave.ts'

class ConflictError extends Error {}

/** A map in memory that keeps revisions as the server does. */
class MemoryStorage implements MapStorage {
  stored: StoredMap = { revision: 1, document: emptyMapDocument('Start') }
  readonly writes: MapDocument[] = []
  failure: Error | null = null

  async write(revision: number, document: MapDocument): Promise<StoredMap> {
    await Promise.resolve()
    if (this.failure) throw this.failure
    if (revision !== this.stored.revision) throw new ConflictError()
    this.writes.push(document)
    this.stored = { revision: revision + 1, document }
    return this.stored
  }
  async read(): Promise<StoredMap> {
    return this.stored
  }
  isConflict(error: unknown): boolean {
    return error instanceof ConflictError
  }
  explain(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
  }
}

function start() {
  const storage = new MemoryStorage()
  const states: SaveState['kind'][] = []
  const autosave = new Autosave(storage, storage.stored, (state) => states.push(state.kind))
  const first = storage.stored.document
  return { storage, states, autosave, titled: (title: string) => setTitle(title)(first) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('saving by itself', () => {
  test('edits in a row are written once, after a pause, and the state says so', async () => {
    const { storage, states, autosave, titled } = start()
    autosave.update(titled('One'))
    autosave.update(titled('Two'))
    expect(states.at(-1)).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(storage.writes.map((document) => document.title)).toEqual(['Two'])
    expect(states.at(-1)).toBe('saved')
    expect(autosave.hasUnsavedWork).toBe(false)
  })

  test('an edit during a save is written after it', async () => {
    const { storage, autosave, titled } = start()
    autosave.update(titled('One'))
    const saving = autosave.flush()
    autosave.update(titled('Two'))
    await saving
    await vi.advanceTimersByTimeAsync(2_000)
    expect(storage.writes.map((document) => document.title)).toEqual(['One', 'Two'])
  })

  test('a failure says why, is tried again by itself, and loses nothing', async () => {
    const { storage, autosave, titled } = start()
    storage.failure = new Error('The metadata store is full.')
    autosave.update(titled('One'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(autosave.state).toEqual({ kind: 'failed', reason: 'The metadata store is full.' })
    storage.failure = null
    await vi.advanceTimersByTimeAsync(11_000)
    expect(storage.stored.document.title).toBe('One')
    expect(autosave.state.kind).toBe('saved')
  })
})

describe('when somebody else saved in between', () => {
  const theirs = setTitle('Theirs')(emptyMapDocument('Start'))

  test('nothing is written until a person chooses', async () => {
    const { storage, autosave, titled } = start()
    storage.stored = { revision: 7, document: theirs }
    autosave.update(titled('Mine'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(autosave.state.kind).toBe('conflict')
    expect(storage.writes).toEqual([])
  })

  test('their version can be taken', async () => {
    const { storage, autosave, titled } = start()
    storage.stored = { revision: 7, document: theirs }
    autosave.update(titled('Mine'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await autosave.takeTheirs()).title).toBe('Theirs')
    expect(autosave.state.kind).toBe('saved')
    expect(storage.writes).toEqual([])
  })

  test('the own version can be kept', async () => {
    const { storage, autosave, titled } = start()
    storage.stored = { revision: 7, document: theirs }
    autosave.update(titled('Mine'))
    await vi.advanceTimersByTimeAsync(1_000)
    await autosave.keepMine()
    expect(storage.stored).toMatchObject({ revision: 8, document: { title: 'Mine' } })
    expect(autosave.state.kind).toBe('saved')
  })

  test('a newer revision of the same document, as sharing makes it, is no conflict', async () => {
    const { storage, autosave, titled } = start()
    storage.stored = { ...storage.stored, revision: 2 }
    autosave.update(titled('Mine'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(storage.stored).toMatchObject({ revision: 3, document: { title: 'Mine' } })
    expect(autosave.state.kind).toBe('saved')
  })
})
