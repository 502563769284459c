import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Capabilities } from '../provider.ts'
import { RUN } from './asking.ts'
import type { ConformanceSubject } from './subject.ts'

export function describeLifecycle(current: () => ConformanceSubject, capabilities: Capabilities): void {
  const slow = (): { text: string; values: unknown[] } => ({ text: current().slowQuery(60), values: [] })
  const quick = async (value: number): Promise<unknown> => {
    const { rows } = await current().warehouse.run({ text: 'SELECT $1::int AS n', values: [value] }, RUN)
    return rows[0]?.n
  }
  /** A moment may pass between the answer to us and the end over there. */
  const expectNothingRunning = async (): Promise<void> => {
    const { countRunning } = current()
    if (!countRunning) return
    let running = await countRunning()
    for (let attempt = 0; attempt < 50 && running > 0; attempt++) {
      await sleep(100)
      running = await countRunning()
    }
    expect(running).toBe(0)
  }

  describe('running', () => {
    test('an aborted statement ends at once, in the warehouse too, and the next one works', async () => {
      const abort = new AbortController()
      const running = current().warehouse.run(slow(), { ...RUN, signal: abort.signal })
      setTimeout(() => abort.abort(), 200)
      await expect(running).rejects.toMatchObject({ code: 'client_closed_request' })
      expect(await quick(1)).toBe(1)
      await expectNothingRunning()
    })

    test('a statement that takes too long is warehouse_timeout, and the next one works', async () => {
      await expect(current().warehouse.run(slow(), { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'warehouse_timeout',
      })
      expect(await quick(2)).toBe(2)
      await expectNothingRunning()
    })

    test('a signal that is aborted already starts nothing', async () => {
      await expect(current().warehouse.run(slow(), { ...RUN, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'client_closed_request',
      })
    })

    test('cancelling one statement never hurts another, however close they are', async () => {
      const { warehouse } = current()
      // Where a cancel ends the whole engine, one is enough: the others wait for the restart.
      const cancelled = capabilities.supportsCancel ? 60 : 1
      const others = capabilities.supportsCancel ? 200 : 10
      const ending = Array.from({ length: cancelled }, async (_, index) => {
        const abort = new AbortController()
        const statement = { text: current().slowQuery(capabilities.supportsCancel ? 0.02 : 30), values: [] }
        setTimeout(() => abort.abort(), capabilities.supportsCancel ? 10 + index : 300)
        await warehouse.run(statement, { ...RUN, signal: abort.signal }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'client_closed_request' })
        })
      })
      const answers = Promise.all(Array.from({ length: others }, (_, index) => quick(index)))
      await Promise.all(ending)
      expect(await answers).toEqual(Array.from({ length: others }, (_, index) => index))
    })

    test('the attribution cannot leave its comment', async () => {
      const attribution = { user: "*/ SELECT 'broken' /*", map: "'; DROP TABLE x; --", odd: '\ud800 ü' }
      const { rows } = await current().warehouse.run({ text: 'SELECT 1 AS n', values: [] }, { ...RUN, attribution })
      expect(rows).toEqual([{ n: 1 }])
    })
  })

  if (!capabilities.supportsStreaming) {
    test('streaming is refused', async () => {
      const batches = current().warehouse.stream({ text: current().countingQuery(1), values: [] }, RUN)
      await expect(batches[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'not_implemented' })
    })
    return
  }

  describe('streaming', () => {
    const stream = (rows: number, more: object = {}): AsyncIterable<{ rows: readonly unknown[] }> =>
      current().warehouse.stream({ text: current().countingQuery(rows), values: [] }, { ...RUN, ...more })

    test('is in batches of the size asked for', async () => {
      const sizes: number[] = []
      for await (const { rows } of stream(2500, { batchSize: 1000 })) sizes.push(rows.length)
      expect(sizes).toEqual([1000, 1000, 500])
    })

    test('tells the fields when there are no rows', async () => {
      const batches = []
      for await (const batch of stream(0)) batches.push(batch)
      expect(batches).toMatchObject([{ rows: [], fields: [{ name: 'n', type: 'number' }] }])
    })

    test('can be left early, and the next statement works', async () => {
      for await (const { rows } of stream(100_000, { batchSize: 10 })) {
        expect(rows).toHaveLength(10)
        break
      }
      expect(await quick(3)).toBe(3)
      await expectNothingRunning()
    })

    test('ends with an error when the statement fails on the way', async () => {
      const text = `SELECT 100 / (50 - n) AS n FROM (${current().countingQuery(100)}) AS counted`
      const read = async (): Promise<number> => {
        let count = 0
        for await (const { rows } of current().warehouse.stream({ text, values: [] }, { ...RUN, batchSize: 10 })) {
          count += rows.length
        }
        return count
      }
      await expect(read()).rejects.toMatchObject({ code: 'invalid_query' })
      expect(await quick(4)).toBe(4)
    })

    test('stops at the limit and when it is aborted', async () => {
      const drain = async (more: object): Promise<void> => {
        for await (const { rows } of stream(100_000, { batchSize: 100, ...more }))
          expect(rows.length).toBeGreaterThan(0)
      }
      await expect(drain({ maxRows: 1000 })).rejects.toMatchObject({ code: 'result_too_large' })
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 50)
      const endless = current().warehouse.stream(slow(), { ...RUN, signal: abort.signal })
      await expect(endless[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'client_closed_request' })
      expect(await quick(5)).toBe(5)
    })
  })
}
