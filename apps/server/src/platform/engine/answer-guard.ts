const NOTICE = code('N')
const READY_FOR_QUERY = code('Z')
const HEADER_BYTES = 5

/** The routine that warns, at the end of a transaction, of a statement that was left without being finished. */
const UNFINISHED_STATEMENT_ROUTINE = 'RAtEOXact_Snapshot\0'

/** What the client is told in place of a full-looking answer. */
const UNFINISHED_MESSAGE =
  'The embedded engine left this statement before its end, as it does when a geometry operation meets a geometry that it cannot handle: the answer would have been incomplete. Repair the geometries (ST_IsValid, ST_Buffer(geom, 0)) or use a PostgreSQL server.'

/**
 * Watches what the engine answers. In its WebAssembly build an exception inside a geometry operation can end a
 * statement early as if there were no more rows; the only trace is a warning when the transaction ends. Here that
 * warning becomes an error, and the rest of the answer up to the next "ready" is held back.
 */
export class AnswerGuard {
  #pending: Uint8Array = new Uint8Array(0)
  /** Bytes of a passed-on message that are still to come. */
  #bodyLeft = 0
  #isHoldingBack = false
  #isSkipping = false
  /**
   * Whether the message that is being answered is one that "ready" ends. The engine says "ready" after the error of
   * any message and again after the sync: passed on, the first would put the client one answer ahead for good.
   */
  isReadyDue = true

  /** What to send to the client for the next piece of the engine's answer. */
  filter(piece: Uint8Array): Uint8Array {
    const bytes = this.#pending.length === 0 ? piece : joined([this.#pending, piece])
    const kept: Uint8Array[] = []
    let position = 0
    while (position < bytes.length) {
      if (this.#bodyLeft > 0) {
        const end = Math.min(bytes.length, position + this.#bodyLeft)
        if (!this.#isHoldingBack && !this.#isSkipping) kept.push(bytes.subarray(position, end))
        this.#bodyLeft -= end - position
        position = end
        continue
      }
      if (bytes.length - position < HEADER_BYTES) break
      const type = bytes[position]
      const end = position + 1 + readLength(bytes, position + 1)
      // Notices are short, and judged whole; anything else may be large and passes as it comes.
      if (type === NOTICE && bytes.length < end) break
      this.#isSkipping = type === READY_FOR_QUERY && !this.isReadyDue
      if (type === READY_FOR_QUERY && !this.#isSkipping) this.#isHoldingBack = false
      if (type === NOTICE && isUnfinishedWarning(bytes.subarray(position, end))) {
        kept.push(errorMessage())
        this.#isHoldingBack = true
        position = end
      } else {
        this.#bodyLeft = end - position
      }
    }
    this.#pending = bytes.slice(position)
    return kept.length === 1 && kept[0] ? kept[0] : joined(kept)
  }
}

function isUnfinishedWarning(message: Uint8Array): boolean {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).includes(UNFINISHED_STATEMENT_ROUTINE)
}

/** An ErrorResponse of the wire protocol: fields of a letter and a text, then a zero byte. */
function errorMessage(): Uint8Array {
  const fields = `SERROR\0VERROR\0CXX000\0M${UNFINISHED_MESSAGE}\0\0`
  const message = Buffer.alloc(HEADER_BYTES + Buffer.byteLength(fields))
  message.write('E', 0, 'latin1')
  message.writeInt32BE(message.length - 1, 1)
  message.write(fields, HEADER_BYTES, 'utf8')
  return message
}

function readLength(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(at)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

function code(letter: string): number {
  return letter.charCodeAt(0)
}
