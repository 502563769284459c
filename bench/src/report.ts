/** One measured thing, its goal and whether it was reached. */
export interface Finding {
  readonly what: string
  readonly measured: string
  /** Empty for a number that is only reported. */
  readonly goal: string
  readonly reached: boolean | null
}

/** One section of the results. */
export interface Section {
  readonly title: string
  readonly findings: readonly Finding[]
  /** What a reader must know to read the numbers. */
  readonly notes: readonly string[]
}

/** The sections as Markdown tables, the way they are printed and stored. */
export function formatSections(sections: readonly Section[]): string {
  return sections.map(formatSection).join('\n\n')
}

function formatSection({ title, findings, notes }: Section): string {
  const rows = findings.map(({ what, measured, goal, reached }) => [
    what,
    measured,
    goal,
    reached === null ? '' : reached ? 'reached' : '**missed**',
  ])
  const table = alignColumns([['What', 'Measured', 'Goal', ''], ...rows])
  return [`## ${title}`, '', ...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [lines[0] ?? '', rule, ...lines.slice(1)]
}

/** A duration with a precision that fits its size. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`
}

export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)} ×`
}
