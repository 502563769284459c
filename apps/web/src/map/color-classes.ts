import { scaleQuantile } from 'd3-scale'
import { formatNumber } from './format-value.ts'

/** The part of the client's scale that classes follow from. */
export interface ColorScale {
  readonly type: string
  readonly scaleDomain?: readonly (string | number | boolean | null)[]
  readonly range?: readonly unknown[]
}

/** One colour of a classified layer, with the values that get it. */
export interface ColorClass {
  readonly color: string
  readonly label: string
  /** Bounds of a numeric class, `from` included; null: open. Absent for a category. */
  readonly from?: number | null
  readonly to?: number | null
  readonly category?: string | number | boolean | null
}

/** What the client paints values in that no class has. */
export const OTHER_COLOR = '#868D91'

/** The inner class edges of a numeric scale, computed as the drawing scale computes them. */
export function thresholdsOf(scale: ColorScale): number[] {
  const domain = (scale.scaleDomain ?? []).filter((value): value is number => typeof value === 'number')
  const count = scale.range?.length ?? 0
  if (count < 2 || domain.length === 0) return []
  switch (scale.type) {
    case 'quantile':
      return scaleQuantile<string>()
        .domain(domain)
        .range((scale.range as string[] | undefined) ?? [])
        .quantiles()
    case 'custom':
      return domain.slice(0, count - 1)
    default: {
      const min = domain[0] ?? 0
      const max = domain.at(-1) ?? 1
      return Array.from({ length: count - 1 }, (_, index) => min + ((max - min) * (index + 1)) / count)
    }
  }
}

/** The classes of a colour scale, in the order of its colours. */
export function colorClasses(scale: ColorScale): ColorClass[] {
  const colors = (scale.range ?? []).map(String)
  if (scale.type === 'ordinal' || scale.type === 'point') {
    return (scale.scaleDomain ?? []).slice(0, colors.length).map((category, index) => ({
      color: colors[index] ?? OTHER_COLOR,
      label: category === null ? 'No value' : String(category),
      category,
    }))
  }
  const thresholds = thresholdsOf(scale)
  return colors.map((color, index) => {
    const from = thresholds[index - 1] ?? null
    const to = thresholds[index] ?? null
    return { color, from, to, label: rangeLabel(from, to) }
  })
}

function rangeLabel(from: number | null, to: number | null): string {
  if (from === null && to === null) return 'All values'
  if (from === null) return `< ${formatNumber(to ?? 0)}`
  if (to === null) return `≥ ${formatNumber(from)}`
  return `${formatNumber(from)} – ${formatNumber(to)}`
}
