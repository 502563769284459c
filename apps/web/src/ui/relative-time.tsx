import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatExactTime, formatRelativeTime } from './format-time.ts'

/** A moment in relative words that keep up with the clock, with the exact time on hover and for screen readers. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 30_000)
    return () => clearInterval(timer)
  }, [])
  const moment = new Date(at)
  return (
    <Tooltip label={formatExactTime(moment)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {formatRelativeTime(moment, now)}
      </time>
    </Tooltip>
  )
}
