import { GRANT_PURPOSES, POSTURE_SEVERITIES } from '@graticule/contract'
import { describe, expect, test } from 'vitest'
import { RUN } from './asking.ts'
import type { ConformanceSubject } from './subject.ts'

/** What every provider tells of a login: a report that is as bad as its worst finding, and scripts of rights. */
export function describePosture(current: () => ConformanceSubject): void {
  describe('the posture of a login', () => {
    test('is a list of sentences, the worst first, with what mends each', async () => {
      const report = await current().warehouse.checkPosture(RUN)
      expect(report.login).not.toBe('')
      expect(report.serverVersion).not.toBe('')
      const ranks = report.findings.map(({ severity }) => POSTURE_SEVERITIES.indexOf(severity))
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b))
      expect(report.severity).toBe(report.findings[0]?.severity)
      for (const { severity, sentence, remedy } of report.findings) {
        expect(sentence).toMatch(/^[A-Z].*\.$/)
        if (severity === 'red') expect(remedy).not.toBeNull()
        if (severity === 'green') expect(remedy).toBeNull()
      }
    })

    test.each(GRANT_PURPOSES)('has a script of rights to %s', async (purpose) => {
      const { schema, warehouse } = current()
      const report = await warehouse.checkGrants({ purpose, schemas: [schema] }, RUN)
      expect(report.availableSchemas).toContain(schema)
      expect(report.script).toContain(report.login)
      expect(report.script).toContain(schema)
      expect(report.missing).toEqual([])
    })
  })
}
