import { VisuallyHidden } from '../ui/index.ts'
import { messages } from './messages.ts'
import classes from './workspace.module.css'

/** The frame without its content, for the moment until it is known who is signed in. */
export function FrameSkeleton() {
  return (
    <div className={classes.frame}>
      <div className={classes.notices} />
      <div className={classes.rail} />
      <div className={classes.content}>
        <div className={classes.skeletonBar} />
        <VisuallyHidden role="status">{messages.loading}</VisuallyHidden>
      </div>
    </div>
  )
}
