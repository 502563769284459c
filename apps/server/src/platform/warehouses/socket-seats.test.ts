import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SeatHolder, SocketSeats } from './socket-seats.ts'

/** An identity that opens a socket when it runs and has none at hand, and counts what is open. */
class Identity implements SeatHolder {
  idle = 0
  readonly #count: (change: number) => void

  constructor(count: (change: number) => void = () => undefined) {
    this.#count = count
  }

  async closeIdleSocket(): Promise<void> {
    if (this.idle === 0) return
    this.idle -= 1
    await sleep(1)
    this.#count(-1)
  }

  take(): void {
    if (this.idle > 0) this.idle -= 1
    else this.#count(1)
  }

  give(): void {
    this.idle += 1
  }
}

describe('the sockets of a connection', () => {
  it('are so many at most, and whoever waited longest is next', async () => {
    const seats = new SocketSeats(2, 10)
    const one = new Identity()
    const taken = [await seats.enter(one, 1_000), await seats.enter(one, 1_000)]
    const order: string[] = []
    const third = seats.enter(one, 1_000).then((seat) => {
      order.push('third')
      return seat
    })
    const fourth = seats.enter(one, 1_000).then((seat) => {
      order.push('fourth')
      return seat
    })
    expect(seats.waiting).toBe(2)
    taken[0]?.exit()
    ;(await third).exit()
    ;(await fourth).exit()
    expect(order).toEqual(['third', 'fourth'])
    taken[1]?.exit()
    expect(seats.running).toBe(0)
  })

  it('let one who is waiting leave without taking a turn with them', async () => {
    const seats = new SocketSeats(1, 10)
    const one = new Identity()
    const seat = await seats.enter(one, 1_000)
    const controller = new AbortController()
    const leaving = seats.enter(one, 1_000, controller.signal)
    const staying = seats.enter(one, 1_000)
    controller.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    seat.exit()
    ;(await staying).exit()
    expect(seats.running).toBe(0)
  })

  it('say so when the wait is too long or the queue is full', async () => {
    const seats = new SocketSeats(1, 1)
    const one = new Identity()
    await seats.enter(one, 1_000)
    const waiting = seats.enter(one, 20)
    await expect(seats.enter(one, 20)).rejects.toMatchObject({ code: 'too_many_requests' })
    await expect(waiting).rejects.toMatchObject({ code: 'warehouse_timeout' })
    expect(seats.waiting).toBe(0)
  })

  it('go from an idle identity to one that needs them, closed first', async () => {
    const seats = new SocketSeats(1, 10)
    const closed: string[] = []
    const first: SeatHolder = { closeIdleSocket: async () => void closed.push('first') }
    const second: SeatHolder = { closeIdleSocket: async () => void closed.push('second') }
    ;(await seats.enter(first, 1_000)).exit()
    const seat = await seats.enter(second, 1_000)
    expect(closed).toEqual(['first'])
    seat.exit()
    ;(await seats.enter(first, 1_000)).exit()
    expect(closed).toEqual(['first', 'second'])
  })

  it('stay with a busy identity only for a while when another one waits', async () => {
    const seats = new SocketSeats(1, 1_000)
    const busy = new Identity()
    const patient = new Identity()
    const order: string[] = []
    const run = async (who: Identity, name: string) => {
      const seat = await seats.enter(who, 10_000)
      order.push(name)
      await sleep(0)
      seat.exit()
    }
    const all = [run(busy, 'busy'), run(patient, 'patient'), ...Array.from({ length: 50 }, () => run(busy, 'busy'))]
    await Promise.all(all)
    const turn = order.indexOf('patient')
    expect(turn).toBeGreaterThan(1)
    expect(turn).toBeLessThan(12)
  })

  it('of an identity that leaves count until they are closed', async () => {
    const seats = new SocketSeats(1, 10)
    const leaving = new Identity()
    ;(await seats.enter(leaving, 1_000)).exit()
    const closed = Promise.withResolvers<void>()
    const left = seats.leave(leaving, closed.promise)
    let hasEntered = false
    const entering = seats.enter(new Identity(), 1_000).then((seat) => {
      hasEntered = true
      return seat
    })
    await sleep(5)
    expect(hasEntered).toBe(false)
    closed.resolve()
    ;(await entering).exit()
    await left
    expect(seats.running).toBe(0)
  })

  it('are never more than the seats, whoever comes and whenever, and everybody gets one', async () => {
    const request = fc.record({ who: fc.nat(11), delay: fc.nat(4), work: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(request, { maxLength: 60 }), async (max, requests) => {
        let open = 0
        let most = 0
        const count = (change: number) => {
          open += change
          most = Math.max(most, open)
        }
        const identities = Array.from({ length: 12 }, () => new Identity(count))
        const seats = new SocketSeats(max, 1_000)
        await Promise.all(
          requests.map(async ({ who, delay, work }) => {
            await sleep(delay)
            const identity = identities[who] as Identity
            const seat = await seats.enter(identity, 30_000)
            identity.take()
            await sleep(work)
            identity.give()
            seat.exit()
          }),
        )
        expect(most).toBeLessThanOrEqual(max)
        expect(seats.running + seats.waiting).toBe(0)
      }),
      { numRuns: 40 },
    )
  })
})
