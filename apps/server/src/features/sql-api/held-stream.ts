import { Readable } from 'node:stream'

/** A body that is complete, or the stream of one that is too long to wait for. */
export type HeldBody = { readonly text: string } | { readonly stream: Readable }

/**
 * Collects the pieces of a body up to `holdCharacters` before anything is sent, so that a failure until then can still
 * be answered with an error. Beyond it the rest is streamed as fast as the client reads; a failure then ends the
 * connection, which a client cannot mistake for a complete answer.
 */
export async function holdStream(pieces: AsyncGenerator<string>, holdCharacters: number): Promise<HeldBody> {
  let held = ''
  while (held.length < holdCharacters) {
    const next = await pieces.next()
    if (next.done) return { text: held }
    held += next.value
  }
  return { stream: Readable.from(continueWith(held, pieces), { objectMode: false }) }
}

async function* continueWith(held: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield held
    yield* pieces
  } finally {
    // Also when the client left while the held part was being sent and the pieces were never asked again.
    await pieces.return(undefined)
  }
}
