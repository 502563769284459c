import type { PostureReport, PostureSeverity } from '@graticule/contract'
import type { Decision } from './can.ts'

/** What a statement reads with rights that are not those of its login. */
export interface ReadRights {
  /** Views, copies and functions by which it does. */
  readonly objects: readonly string[]
  readonly hasUnknown: boolean
  readonly opaqueFunctions: readonly string[]
}

const RULE = 'governance.connections.owner-rights'
const WHO_CHANGES_IT = 'or ask an admin to change that in Settings → Governance.'
/** Findings about a login that tell of such objects. */
const FINDINGS: ReadonlySet<string> = new Set(['owner-view', 'materialized-view', 'definer-function'])

/** Whether something may be read on a connection on which nobody reads with the rights of somebody else. */
export function decideReadRights(connectionName: string, rights: ReadRights): Decision {
  const { objects, hasUnknown, opaqueFunctions } = rights
  const where = `on "${connectionName}" nothing is read with the rights of somebody else`
  if (objects.length > 0) {
    const reason = `${oneLine(objects)} shows what its owner may see, and ${where}; read the tables behind it, ${WHO_CHANGES_IT}`
    return { allowed: false, reason, rule: RULE }
  }
  if (hasUnknown || opaqueFunctions.length > 0) {
    const what = opaqueFunctions.length > 0 ? `What ${oneLine(opaqueFunctions)} reads` : 'What this reads'
    const reason = `${what} cannot be looked into, and ${where}; send a query that names its tables and calls no such function, ${WHO_CHANGES_IT}`
    return { allowed: false, reason, rule: RULE }
  }
  return { allowed: true, reason: 'It reads with the rights of its login alone.', rule: RULE }
}

/** A report on a login where the organization forbids what it warns of: that is red. */
export function judgePosture(report: PostureReport): PostureReport {
  const isForbidden = ({ rule, severity }: { rule: string; severity: PostureSeverity }) =>
    severity === 'amber' && FINDINGS.has(rule)
  if (!report.findings.some(isForbidden)) return report
  const judged = report.findings.map((finding) =>
    isForbidden(finding) ? { ...finding, severity: 'red' as const } : finding,
  )
  const [red, others] = [
    judged.filter(({ severity }) => severity === 'red'),
    judged.filter(({ severity }) => severity !== 'red'),
  ]
  return { ...report, severity: 'red', findings: [...red, ...others] }
}

/** Names of a database may hold anything. */
function oneLine(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ').replace(/\s+/g, ' ').slice(0, 200)
  return names.length > 3 ? `${shown} and others` : shown
}
