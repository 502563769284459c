/** A signal that passes an abort on only after a while; `dispose` when what it is for is over. */
export interface PatientSignal extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Waits before it passes an abort on. An embedded engine cancels a statement by ending itself and coming back two
 * seconds later, which is a high price for a tile that somebody scrolled past: most statements end sooner by
 * themselves, and their answer is kept for the next one who asks.
 */
export function delayAbort(signal: AbortSignal, patienceMs: number): PatientSignal {
  const delayed = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const onAbort = () => {
    timer = setTimeout(() => delayed.abort(signal.reason), patienceMs)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  return {
    signal: delayed.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    },
  }
}
