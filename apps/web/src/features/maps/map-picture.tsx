import type { MapSummary } from '@graticule/contract'
import { lazy, Suspense } from 'react'
import { MapCover } from './map-cover.tsx'
import classes from './maps.module.css'

// Drawing tiles needs the map's libraries, which the list itself does not.
const MapThumbnail = lazy(async () => ({
  default: (await import('../../map/thumbnail/map-thumbnail.tsx')).MapThumbnail,
}))

/** The picture of a map in a list: quiet lines until its thumbnail is drawn over them. */
export function MapPicture({ map }: { map: MapSummary }) {
  return (
    <div className={classes.picture}>
      <MapCover map={map} />
      <div className={classes.thumbnail}>
        <Suspense fallback={null}>
          <MapThumbnail map={map} />
        </Suspense>
      </div>
    </div>
  )
}
