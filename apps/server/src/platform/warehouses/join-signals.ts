/** A signal that aborts with the first of others; `dispose` when what it is for is over. */
export interface JoinedSignal extends Disposable {
  readonly signal: AbortSignal
}

/**
 * As `AbortSignal.any`, for signals that live long: nothing of it stays with them. Without a first one there is nothing
 * to join.
 */
export function joinSignals(one: AbortSignal | undefined, lasting: AbortSignal): JoinedSignal {
  if (one === undefined) return { signal: lasting, [Symbol.dispose]: () => undefined }
  const joined = new AbortController()
  const onOne = () => joined.abort(one.reason)
  const onLasting = () => joined.abort(lasting.reason)
  if (one.aborted) onOne()
  else if (lasting.aborted) onLasting()
  one.addEventListener('abort', onOne, { once: true })
  lasting.addEventListener('abort', onLasting, { once: true })
  return {
    signal: joined.signal,
    [Symbol.dispose]() {
      one.removeEventListener('abort', onOne)
      lasting.removeEventListener('abort', onLasting)
    },
  }
}
