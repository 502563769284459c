import type { MapSummary } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import classes from './maps.module.css'
import { messages } from './messages.ts'

/** The tags of a map; each leads to the maps that have it. */
export function MapTags({ map }: { map: MapSummary }) {
  if (map.tags.length === 0) return null
  return (
    <ul className={classes.tags} aria-label={messages.tagsOf(map.title)}>
      {map.tags.map((tag) => (
        <li key={tag}>
          <Link to="/maps" search={{ tag }} className={classes.tag} aria-label={messages.tagged(tag)}>
            {tag}
          </Link>
        </li>
      ))}
    </ul>
  )
}
