import classes from './applications.module.css'
import { initialsOf } from './initials.ts'

/** The picture of an application, or a tile with its initials. It says nothing that the name beside it does not. */
export function ApplicationPicture({ name, source }: { name: string; source: string | null }) {
  if (source !== null) return <img className={classes.picture} src={source} alt="" loading="lazy" />
  return (
    <div className={classes.tile} aria-hidden>
      {initialsOf(name)}
    </div>
  )
}
