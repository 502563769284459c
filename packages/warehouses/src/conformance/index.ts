import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeCatalog } from './catalog-cases.ts'
import { describeExtents } from './extent-cases.ts'
import { describeFilters } from './filter-cases.ts'
import { describeLifecycle } from './lifecycle-cases.ts'
import { describeModels } from './model-cases.ts'
import { OBSERVATION_TABLE } from './observations.ts'
import { describePosture } from './posture-cases.ts'
import { describeQueries } from './query-cases.ts'
import { describeReads } from './read-cases.ts'
import type { ConformanceOptions, ConformanceSubject } from './subject.ts'
import { describeTiles } from './tile-cases.ts'

export type { ConformanceOptions, ConformanceSubject, SeedColumn, SeedTable } from './subject.ts'

/** Longest time that a statement of the suite may take. */
export const TIMEOUT_MS = 30_000

/** The suite that every provider passes. `start` is called once, before its first test. */
export function runConformance(name: string, options: ConformanceOptions): void {
  describe(`${name} conforms`, () => {
    let subject: ConformanceSubject
    const current = (): ConformanceSubject => subject
    beforeAll(async () => {
      subject = await options.start()
      await subject.createTable(OBSERVATION_TABLE)
    }, 120_000)
    afterAll(async () => {
      await subject?.close()
    })

    test('it declares what it can do, and what it cannot', () => {
      expect(subject.warehouse.capabilities).toEqual(options.capabilities)
      expect(subject.warehouse.version).not.toBe('')
    })
    describeCatalog(current)
    describeQueries(current)
    describeFilters(current)
    describeModels(current)
    describeExtents(current)
    describeTiles(current)
    describePosture(current)
    describeReads(current)
    describeLifecycle(current, options.capabilities)
  })
}
