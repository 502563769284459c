import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { formatNumber } from '../../../map/format-value.ts'
import type { HistogramBin } from '../widgets/histogram/request.ts'
import classes from './class-breaks.module.css'
import { moveBreak, roundToExtent } from './classification.ts'
import { messages } from './messages.ts'

/** The distribution of a column in the colours of its classes; the edges between them can be dragged or typed with arrows. */
export function ClassBreaks(props: {
  bins: readonly HistogramBin[]
  extent: readonly [number, number]
  breaks: readonly number[]
  colors: readonly string[]
  onChange: (breaks: number[]) => void
}) {
  const { extent, colors, onChange } = props
  const [min, max] = extent
  const frame = useRef<HTMLDivElement>(null)
  const [draft, setDraft] = useState<readonly number[] | null>(null)
  const breaks = draft ?? props.breaks
  const width = max - min || 1
  const position = (value: number) => Math.max(0, Math.min(1, (value - min) / width))
  const largest = Math.max(...props.bins.map((bin) => bin.count), 1)

  const valueAt = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect()
    return box ? roundToExtent(min + ((event.clientX - box.left) / box.width) * width, extent) : min
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const size = (width / 100) * (event.shiftKey ? 10 : 1)
    onChange(moveBreak(breaks, index, roundToExtent((breaks[index] ?? min) + step * size, extent), extent))
  }
  return (
    <div>
      <div ref={frame} className={classes.frame}>
        <svg className={classes.bars} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {props.bins.map((bin) => {
            const left = position(bin.from) * 100
            const right = position(bin.to) * 100
            const height = bin.count === 0 ? 0 : Math.max(3, (bin.count / largest) * 100)
            const middle = (bin.from + bin.to) / 2
            const color = colors[breaks.filter((edge) => edge <= middle).length] ?? colors.at(-1)
            return (
              <rect
                key={bin.from}
                x={left}
                y={100 - height}
                width={Math.max(0, right - left - 0.4)}
                height={height}
                fill={color}
              />
            )
          })}
        </svg>
        {breaks.map((edge, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: an edge is its place in the row; its value changes while dragged.
            key={index}
            type="button"
            role="slider"
            className={classes.handle}
            style={{ left: `${position(edge) * 100}%` }}
            aria-label={messages.breakLabel(index + 1)}
            aria-valuemin={min}
            aria-valuemax={max}
            aria-valuenow={edge}
            aria-valuetext={formatNumber(edge)}
            onKeyDown={(event) => onKeyDown(event, index)}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              setDraft(breaks)
            }}
            onPointerMove={(event) => draft && setDraft(moveBreak(draft, index, valueAt(event), extent))}
            onPointerUp={() => {
              if (draft) onChange([...draft])
              setDraft(null)
            }}
            onPointerCancel={() => setDraft(null)}
          />
        ))}
      </div>
      <div className={`${classes.axis} tabular`}>
        <span>{formatNumber(min)}</span>
        <span>{draft ? draft.map(formatNumber).join(' · ') : messages.breaksHint}</span>
        <span>{formatNumber(max)}</span>
      </div>
    </div>
  )
}
