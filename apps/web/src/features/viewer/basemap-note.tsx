import type { DrawnBasemap } from '../../map/basemap.ts'
import { Button } from '../../ui/index.ts'
import classes from './map-stage.module.css'
import { messages } from './messages.ts'

/** Says why a map is drawn on another basemap than its own. */
export function BasemapNote({ note }: { note: DrawnBasemap['note'] }) {
  if (note === null) return null
  return (
    <div className={classes.failure} role="status">
      <span>{note === 'missing' ? messages.basemapMissing : messages.basemapBlocked}</span>
      {note === 'blocked' && (
        <Button variant="default" size="compact-xs" onClick={() => window.location.reload()}>
          {messages.reload}
        </Button>
      )}
    </div>
  )
}
