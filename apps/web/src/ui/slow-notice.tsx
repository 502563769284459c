import { Button, Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { stateMessages } from './messages.ts'
import classes from './page-states.module.css'

/** How long something may take before the page says what it waits for. */
const SLOW_AFTER_MS = 2_000

/** True once `isWaiting` has been true without a break for two seconds. */
export function useIsSlow(isWaiting: boolean): boolean {
  const [isSlow, setIsSlow] = useState(false)
  useEffect(() => {
    if (!isWaiting) return
    const timer = setTimeout(() => setIsSlow(true), SLOW_AFTER_MS)
    return () => {
      clearTimeout(timer)
      setIsSlow(false)
    }
  }, [isWaiting])
  return isSlow && isWaiting
}

/** After two seconds of waiting, says for what and offers to stop; until then it is empty. */
export function SlowNotice(props: { isWaiting: boolean; awaiting: string; onCancel?: () => void }) {
  const isSlow = useIsSlow(props.isWaiting)
  return (
    <div role="status" aria-live="polite">
      {isSlow && (
        <div className={classes.slow}>
          <Loader size={14} />
          <span>{stateMessages.waitingFor(props.awaiting)}</span>
          {props.onCancel && (
            <Button variant="subtle" size="compact-xs" onClick={props.onCancel}>
              {stateMessages.cancel}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
