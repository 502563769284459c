import type { MasterKey } from '../master-key.ts'

/** What is wrong with where the master key comes from, in a sentence that never holds a key. */
export class KeySourceError extends Error {}

/** A place that gives the master keys of one installation. */
export interface KeySource {
  /** As sentences call it, such as "the file /srv/secret.key". */
  readonly name: string
  /** Whether `read` can answer something new while the process runs. */
  readonly isLive: boolean
  /** All keys that it gives now, the newest first; none where it has not been given any. Throws `KeySourceError`. */
  read(): Promise<readonly MasterKey[]>
  /** How the server changes it; null for a place that only the operator changes. */
  readonly editor: KeySourceEditor | null
}

/** How keys come to a place and leave it. Both are durable once they have returned, or have not happened. */
export interface KeySourceEditor {
  /** Puts a fresh key before all others, unless there are keys by now and it was to be the first. */
  addKey(isFirst: boolean): Promise<void>
  /** Puts all but the keys that are to stay where they open nothing any more; answers where that is. */
  keepKeys(isKept: (key: MasterKey) => boolean): Promise<string>
}

export interface KeySurroundings {
  /** Folder of all state, absolute. */
  readonly home: string
}

/** A kind of place. A further one, such as a vault, is one more folder and one line in `index.ts`. */
export interface KeySourceKind {
  readonly id: string
  /** The environment variable that chooses it; null for the one that serves when no other is chosen. */
  readonly variable: string | null
  /** Throws `KeySourceError` for a mistake that can be seen at once. */
  open(value: string, surroundings: KeySurroundings): KeySource
}
