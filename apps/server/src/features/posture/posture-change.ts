import type { PostureReport, PostureSeverity } from '@graticule/contract'

/** How a report differs from the one before, as an event tells it: rules and objects, never rows. */
export interface PostureChange {
  readonly from: PostureSeverity | null
  readonly to: PostureSeverity
  readonly appeared: readonly string[]
  readonly disappeared: readonly string[]
}

/** An event is read by people; more than this are counted by the report. */
const MAX_NAMED = 50

/** Null when nothing that needs mending came or went. Numbers that move from day to day are no change. */
export function comparePostures(before: PostureReport | null, after: PostureReport): PostureChange | null {
  const [old, present] = [problemsOf(before), problemsOf(after)]
  const appeared = [...present].filter((problem) => !old.has(problem))
  const disappeared = [...old].filter((problem) => !present.has(problem))
  if (before && before.login === after.login && appeared.length === 0 && disappeared.length === 0) return null
  return {
    from: before?.severity ?? null,
    to: after.severity,
    appeared: appeared.slice(0, MAX_NAMED),
    disappeared: disappeared.slice(0, MAX_NAMED),
  }
}

function problemsOf(report: PostureReport | null): ReadonlySet<string> {
  const problems = report?.findings.filter(({ severity }) => severity !== 'green') ?? []
  return new Set(problems.map(({ rule, object }) => (object === null ? rule : `${rule} ${object}`)))
}
