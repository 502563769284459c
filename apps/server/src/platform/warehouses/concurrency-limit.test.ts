import { describe, expect, it } from 'vitest'
import { ConcurrencyLimit } from './concurrency-limit.ts'

describe('the concurrency limit', () => {
  it('lets only so many run and admits the one who waited longest', async () => {
    const limit = new ConcurrencyLimit(2, 10)
    const exits = [await limit.enter(1_000), await limit.enter(1_000)]
    const order: string[] = []
    const third = limit.enter(1_000).then((exit) => {
      order.push('third')
      return exit
    })
    const fourth = limit.enter(1_000).then((exit) => {
      order.push('fourth')
      return exit
    })
    expect(limit.waiting).toBe(2)
    exits[0]?.()
    ;(await third)()
    ;(await fourth)()
    expect(order).toEqual(['third', 'fourth'])
    exits[1]?.()
    expect(limit.running).toBe(0)
  })

  it('lets one who is waiting leave without taking a turn with them', async () => {
    const limit = new ConcurrencyLimit(1, 10)
    const exit = await limit.enter(1_000)
    const controller = new AbortController()
    const leaving = limit.enter(1_000, controller.signal)
    const staying = limit.enter(1_000)
    controller.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    exit()
    ;(await staying)()
    expect(limit.running).toBe(0)
  })

  it('says so when the wait is too long or the queue is full', async () => {
    const limit = new ConcurrencyLimit(1, 1)
    await limit.enter(1_000)
    const waiting = limit.enter(20)
    await expect(limit.enter(20)).rejects.toMatchObject({ code: 'too_many_requests' })
    await expect(waiting).rejects.toMatchObject({ code: 'warehouse_timeout' })
    expect(limit.waiting).toBe(0)
  })
})
