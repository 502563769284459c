import { describe, expect, it } from 'vitest'
import { SingleFlight } from './single-flight.ts'

/** Work that ends when it is told to, and notes whether it was cancelled. */
function createWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const state = { starts: 0, isAborted: false, resolve, reject }
  const work = (signal: AbortSignal) => {
    state.starts += 1
    signal.addEventListener('abort', () => {
      state.isAborted = true
      reject(signal.reason)
    })
    return promise
  }
  return { work, state }
}

describe('single flight', () => {
  it('does the work once for all who ask at the same time', async () => {
    const flights = new SingleFlight<string>()
    const { work, state } = createWork()
    const answers = [flights.run('a', work), flights.run('a', work), flights.run('a', work)]
    await Promise.resolve()
    state.resolve('done')
    expect(await Promise.all(answers)).toEqual(['done', 'done', 'done'])
    expect(state.starts).toBe(1)
    expect(flights.size).toBe(0)
  })

  it('keeps working for the others when one of them leaves', async () => {
    const flights = new SingleFlight<string>()
    const { work, state } = createWork()
    const leaving = new AbortController()
    const left = flights.run('a', work, leaving.signal)
    const stayed = flights.run('a', work, new AbortController().signal)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'client_closed_request' })
    expect(state.isAborted).toBe(false)
    state.resolve('done')
    expect(await stayed).toBe('done')
  })

  it('cancels the work when the last one leaves, and starts afresh for whoever comes next', async () => {
    const flights = new SingleFlight<string>()
    const first = createWork()
    const controllers = [new AbortController(), new AbortController()]
    const waiting = controllers.map((controller) => flights.run('a', first.work, controller.signal))
    await Promise.resolve()
    for (const controller of controllers) controller.abort()
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    expect(first.state.isAborted).toBe(true)

    const second = createWork()
    const again = flights.run('a', second.work)
    await Promise.resolve()
    second.state.resolve('fresh')
    expect(await again).toBe('fresh')
  })

  it('hands a failure to everybody and forgets it', async () => {
    const flights = new SingleFlight<string>()
    const { work, state } = createWork()
    const answers = [flights.run('a', work), flights.run('a', work, new AbortController().signal)]
    await Promise.resolve()
    state.reject(new Error('broken'))
    for (const answer of answers) await expect(answer).rejects.toThrow('broken')
    expect(flights.size).toBe(0)
  })
})
