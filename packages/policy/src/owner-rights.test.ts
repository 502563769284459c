import type { PostureFinding, PostureReport } from '@graticule/contract'
import { expect, test } from 'vitest'
import { decideReadRights, judgePosture, type ReadRights } from './owner-rights.ts'

const NOTHING: ReadRights = { objects: [], hasUnknown: false, opaqueFunctions: [] }

test('what reads with the rights of its login is let through, and nothing else is', () => {
  const decide = (rights: Partial<ReadRights>) => decideReadRights('dw', { ...NOTHING, ...rights })
  expect(decide({}).allowed).toBe(true)
  const refused = [
    decideReadRights('dw', { ...NOTHING, hasUnknown: true }),
    decide({ objects: ['public."two\n lines"', 'a.b', 'c.d', 'e.f'] }),
    decide({ opaqueFunctions: ['query_to_xml'] }),
  ]
  for (const { allowed, reason, rule } of refused) {
    expect([allowed, rule]).toEqual([false, 'governance.connections.owner-rights'])
    expect(reason).toMatch(/^[^\n]+"dw"[^\n]+Settings → Governance\.$/)
  }
  expect(refused[1]?.reason).toContain('public."two lines", a.b, c.d and others')
})

test('findings of owners’ rights are red and come first where they are forbidden, and others stay', () => {
  const finding = (rule: string, severity: PostureFinding['severity']): PostureFinding => ({
    ...{ rule, severity, sentence: 'So it is.', object: null, remedy: null, observed: null },
  })
  const report = (findings: PostureFinding[]): PostureReport => ({
    ...{
      severity: findings[0]?.severity ?? 'green',
      login: 'l',
      serverVersion: '15',
      isEncrypted: true,
      omittedCount: 0,
    },
    ...{ findings, tables: [] },
  })
  const warned = report([
    finding('unencrypted', 'amber'),
    finding('owner-view', 'amber'),
    finding('superuser', 'green'),
  ])
  const judged = judgePosture(warned)
  expect(judged.severity).toBe('red')
  expect(judged.findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
    'owner-view red',
    'unencrypted amber',
    'superuser green',
  ])
  const fine = report([finding('unencrypted', 'amber'), finding('owner-view', 'green')])
  expect(judgePosture(fine)).toBe(fine)
})
