import { POSTURE_SEVERITIES, type PostureFinding, type PostureReport } from '@graticule/contract'
import { POSTURE_RULES, type PostureEvidence } from './rules.ts'

/** A report is read by people; of one rule this many things are listed, and the rest are counted. */
const MAX_OF_ONE_RULE = 100
const MAX_TABLES = 500

/** Every rule applied to what was found in the warehouse; the worst first. Pure. */
export function writePostureReport(evidence: PostureEvidence): PostureReport {
  const { facts, channel } = evidence
  let omittedCount = Math.max(0, facts.tables.length - MAX_TABLES)
  const findings = POSTURE_RULES.flatMap(({ id: rule, severity, good, find }): PostureFinding[] => {
    const found = find(evidence)
    omittedCount += Math.max(0, found.length - MAX_OF_ONE_RULE)
    if (found.length === 0) {
      return [{ rule, severity: 'green', sentence: good, object: null, remedy: null, observed: null }]
    }
    return found.slice(0, MAX_OF_ONE_RULE).map(({ sentence, remedy, object = null, observed = null }) => ({
      rule,
      severity,
      sentence,
      object,
      remedy,
      observed,
    }))
  })
  const worstFirst = POSTURE_SEVERITIES.flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  )
  return {
    severity: worstFirst[0]?.severity ?? 'green',
    login: facts.login,
    serverVersion: facts.serverVersion,
    isEncrypted: channel.isEncrypted,
    findings: worstFirst,
    tables: facts.tables.slice(0, MAX_TABLES).map(({ name, isOwned, hasRowSecurity, isForced, isActive }) => ({
      name,
      isOwned,
      hasRowSecurity,
      isForced,
      isActive,
    })),
    omittedCount,
  }
}
