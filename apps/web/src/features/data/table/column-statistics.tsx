import type { ColumnStats } from '../../../api/stats.ts'
import { Text } from '../../../ui/index.ts'
import { formatMeasure, formatWhole } from '../format-quantity.ts'
import { messages } from '../messages.ts'
import { formatCell } from './format-cell.ts'
import { quantileBars } from './quantile-bars.ts'
import classes from './table.module.css'

/** How many categories are listed. */
const SHOWN_CATEGORIES = 10

/** What is known of the values of one column. */
export function ColumnStatistics({ stats }: { stats: ColumnStats }) {
  switch (stats.type) {
    case 'Number':
      return <NumberStatistics stats={stats} />
    case 'String':
    case 'Boolean':
      return <Categories categories={stats.categories} />
    case 'Timestamp':
      return (
        <div className={classes.statistics}>
          <Measures
            values={[
              [messages.min, stats.min === null ? null : formatCell(stats.min, 'timestamp').text],
              [messages.max, stats.max === null ? null : formatCell(stats.max, 'timestamp').text],
            ]}
          />
        </div>
      )
    case 'Geometry': {
      const { extent } = stats
      const corners =
        extent && [extent.xmin, extent.ymin, extent.xmax, extent.ymax].map((degrees) => degrees.toFixed(4))
      return (
        <div className={classes.statistics}>
          <Measures values={[[messages.extent, corners ? corners.join(', ') : null]]} />
        </div>
      )
    }
    default:
      return null
  }
}

function NumberStatistics({ stats }: { stats: Extract<ColumnStats, { type: 'Number' }> }) {
  const bars = quantileBars(stats.quantiles?.['10'] ?? [])
  const show = (value: number | null) => (value === null ? null : formatMeasure(value))
  return (
    <div className={classes.statistics}>
      <Measures
        values={[
          [messages.min, show(stats.min)],
          [messages.avg, show(stats.avg)],
          [messages.max, show(stats.max)],
          [messages.sum, show(stats.sum)],
        ]}
      />
      {bars.length > 0 && (
        <figure style={{ margin: 0 }}>
          <svg
            className={classes.quantiles}
            viewBox="0 0 100 44"
            preserveAspectRatio="none"
            role="img"
            aria-label={messages.distribution}
          >
            {bars.map((bar) => (
              <rect
                key={bar.start}
                x={bar.start * 100}
                width={Math.max(bar.width * 100 - 0.3, 0.3)}
                y={44 - bar.height * 44}
                height={bar.height * 44}
                fill="currentColor"
              >
                <title>{`${formatMeasure(bar.from)} – ${formatMeasure(bar.to)}`}</title>
              </rect>
            ))}
          </svg>
          <Text component="figcaption" size="xs" c="dimmed">
            {messages.distribution}
          </Text>
        </figure>
      )}
    </div>
  )
}

function Measures({ values }: { values: readonly (readonly [string, string | null])[] }) {
  return (
    <dl className={classes.measures}>
      {values.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? <span className={classes.null}>{messages.nullValue}</span>}</dd>
        </div>
      ))}
    </dl>
  )
}

function Categories({
  categories,
}: {
  categories: Extract<ColumnStats, { type: 'String' | 'Boolean' }>['categories']
}) {
  const top = categories.slice(0, SHOWN_CATEGORIES)
  const largest = top[0]?.frequency ?? 0
  if (top.length === 0) return <Text c="dimmed">{messages.noValues}</Text>
  return (
    <ul className={classes.categories} aria-label={messages.topCategories}>
      {top.map(({ category, frequency }) => (
        <li key={String(category)} className={classes.category}>
          <span className={classes.categoryName} title={String(category)}>
            {category === null ? <span className={classes.null}>{messages.nullValue}</span> : String(category)}
          </span>
          <span className={classes.bar} style={{ width: `${(frequency / largest) * 100}%` }} aria-hidden />
          <span className="tabular" style={{ textAlign: 'right' }}>
            {formatWhole(frequency)}
          </span>
        </li>
      ))}
    </ul>
  )
}
