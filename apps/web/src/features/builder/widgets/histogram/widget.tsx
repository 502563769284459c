import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { formatValue } from '../../../../map/format-value.ts'
import type { Interval } from '../crossfilter.ts'
import { messages } from '../messages.ts'
import { useWidgetData } from '../use-widget-data.ts'
import { WidgetBody } from '../widget-body.tsx'
import type { WidgetProps } from '../widget-definition.ts'
import classes from '../widget-list.module.css'
import {
  binsToInterval,
  type HistogramBin,
  type HistogramWidgetSettings,
  isBinSelected,
  requestHistogram,
  requestRange,
} from './request.ts'

/** The distribution of a column; dragging over it filters. */
export function HistogramWidget({ widget, context }: WidgetProps<HistogramWidgetSettings>) {
  const range = useWidgetData(
    widget,
    context.dataset,
    ['range', widget.column],
    (source, options) => requestRange(source, widget.column, options),
    { isGlobal: true, isUnfiltered: true },
  )
  const bins = useWidgetData(
    widget,
    context.dataset,
    ['histogram', widget.column, widget.buckets, range.data],
    (source, options) =>
      range.data ? requestHistogram(source, widget.column, range.data, widget.buckets, options) : Promise.resolve([]),
    { enabled: range.data !== undefined },
  )
  const data = range.error ? { ...bins, error: range.error, refusal: range.refusal, retry: range.retry } : bins
  return (
    <WidgetBody data={data} skeletonHeight={96}>
      {(rows) =>
        rows.length === 0 ? (
          <p className={classes.nothing}>{messages.noNumbers}</p>
        ) : (
          <Bars
            bins={rows}
            format={widget.format}
            title={widget.title}
            interval={context.selection?.kind === 'closed_open' ? (context.selection.values[0] ?? null) : null}
            onSelect={(interval) => context.onSelect(interval && { kind: 'closed_open', values: [interval] })}
          />
        )
      }
    </WidgetBody>
  )
}

function Bars(props: {
  bins: readonly HistogramBin[]
  interval: Interval | null
  format?: string | null
  title: string
  onSelect: (interval: Interval | null) => void
}) {
  const { bins, interval, onSelect } = props
  const frame = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<readonly [number, number] | null>(null)
  const [focused, setFocused] = useState<number | null>(null)
  const largest = Math.max(...bins.map((bin) => bin.count), 1)
  const shownInterval = drag ? (binsToInterval(bins, drag[0], drag[1]) ?? ([null, null] as const)) : interval

  const binAt = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect()
    if (!box) return 0
    return Math.max(0, Math.min(bins.length - 1, Math.floor(((event.clientX - box.left) / box.width) * bins.length)))
  }
  const finish = (selected: readonly [number, number]) => {
    setDrag(null)
    const [first, last] = selected
    const isSameBin =
      first === last && interval !== null && bins[first] !== undefined && isBinSelected(bins[first], interval)
    const isOnlyThatBin = isSameBin && bins.filter((bin) => interval && isBinSelected(bin, interval)).length === 1
    onSelect(isOnlyThatBin ? null : binsToInterval(bins, first, last))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const current = focused ?? 0
    if (step !== 0) {
      event.preventDefault()
      const next = Math.max(0, Math.min(bins.length - 1, (focused ?? -step) + step))
      setFocused(next)
      if (event.shiftKey) {
        const selected = bins.flatMap((bin, index) => (interval && isBinSelected(bin, interval) ? [index] : []))
        onSelect(binsToInterval(bins, Math.min(next, current, ...selected), Math.max(next, current, ...selected)))
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      finish([current, current])
    } else if (event.key === 'Escape' && interval) {
      event.stopPropagation()
      onSelect(null)
    }
  }
  const active = focused === null ? null : bins[focused]
  return (
    <div>
      <div
        ref={frame}
        className={classes.histogram}
        role="slider"
        tabIndex={0}
        aria-label={messages.histogram.aria(props.title)}
        aria-valuemin={0}
        aria-valuemax={bins.length - 1}
        aria-valuenow={focused ?? 0}
        aria-valuetext={
          active
            ? messages.histogram.bin(
                formatValue(active.from, props.format),
                formatValue(active.to, props.format),
                formatValue(active.count),
              )
            : messages.histogram.hint
        }
        onKeyDown={onKeyDown}
        onBlur={() => setFocused(null)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          const bin = binAt(event)
          setDrag([bin, bin])
        }}
        onPointerMove={(event) => {
          setFocused(binAt(event))
          if (drag) setDrag([drag[0], binAt(event)])
        }}
        onPointerLeave={() => {
          if (!drag) setFocused(null)
        }}
        onPointerUp={() => drag && finish(drag)}
        onPointerCancel={() => setDrag(null)}
      >
        {bins.map((bin, index) => (
          <span
            key={bin.from}
            className={classes.bin}
            data-dimmed={(shownInterval && !isBinSelected(bin, shownInterval)) || undefined}
            data-focused={focused === index || undefined}
            style={{ height: `${bin.count === 0 ? 0 : Math.max(2, (bin.count / largest) * 100)}%` }}
          />
        ))}
      </div>
      <div className={`${classes.axis} tabular`}>
        <span>{formatValue(bins[0]?.from, props.format)}</span>
        <span className={classes.axisMiddle} aria-hidden>
          {active &&
            messages.histogram.bin(
              formatValue(active.from, props.format),
              formatValue(active.to, props.format),
              formatValue(active.count),
            )}
        </span>
        <span>{formatValue(bins.at(-1)?.to, props.format)}</span>
      </div>
    </div>
  )
}
