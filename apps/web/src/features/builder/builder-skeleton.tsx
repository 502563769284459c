import { Skeleton } from '../../ui/index.ts'
import classes from './builder.module.css'

/** Builder's real layout while the map is on its way. */
export function BuilderSkeleton() {
  return (
    <div className={classes.page}>
      <div className={classes.header}>
        <Skeleton height={16} width={220} />
      </div>
      <div className={classes.left}>
        <div className={classes.skeletonPanel}>
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} height={28} />
          ))}
        </div>
      </div>
      <div className={classes.map} />
      <div className={classes.right}>
        <div className={classes.skeletonPanel}>
          {[0, 1].map((row) => (
            <Skeleton key={row} height={96} />
          ))}
        </div>
      </div>
    </div>
  )
}
