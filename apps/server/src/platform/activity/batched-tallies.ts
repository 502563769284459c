/** What was counted is written at most this long afterwards, in milliseconds. */
const WRITE_AFTER_MS = 800

/**
 * Counts that are written together, about once a second: what happens with every look at a map costs a look-up more and
 * no statement. When the process is killed, the counts of its last second are lost.
 */
export class BatchedTallies<Tally> {
  readonly #write: (tallies: readonly Tally[]) => Promise<void>
  #tallies = new Map<string, Tally>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(write: (tallies: readonly Tally[]) => Promise<void>) {
    this.#write = write
  }

  /** The tally of this key, to be counted on; a new one is made when there is none since the last writing. */
  take(key: string, create: () => Tally): Tally {
    let tally = this.#tallies.get(key)
    if (tally === undefined) {
      tally = create()
      this.#tallies.set(key, tally)
    }
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref()
    return tally
  }

  /** Writes what was counted so far, after what is being written. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const tallies = [...this.#tallies.values()]
    this.#tallies = new Map()
    this.#writing = this.#writing.then(() => this.#write(tallies))
    await this.#writing
  }
}
