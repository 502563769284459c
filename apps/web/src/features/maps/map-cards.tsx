import type { MapSummary } from '@graticule/contract'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/use-session.ts'
import { Checkbox, RelativeTime, Skeleton } from '../../ui/index.ts'
import { FavouriteButton } from '../library/favourite-button.tsx'
import { TagList } from '../library/tag-list.tsx'
import { PeopleCount, usePeopleCounts } from '../sharing/people-count.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { MapMarks } from './map-marks.tsx'
import { MapMenu } from './map-menu.tsx'
import { MapPicture } from './map-picture.tsx'
import type { MapSelection } from './map-selection.ts'
import classes from './maps.module.css'
import { messages } from './messages.ts'
import { ownerName } from './owner-name.ts'

/** Maps as cards with their picture. */
export function MapCards({ maps, selection }: { maps: readonly MapSummary[]; selection?: MapSelection }) {
  const { user } = useSession()
  const counts = usePeopleCounts(
    'map',
    maps.map(({ id }) => id),
  )
  return (
    <ul className={classes.cards}>
      {maps.map((map) => (
        <li key={map.id} className={classes.card} data-selected={selection?.ids.has(map.id) || undefined}>
          <MapPicture map={map} />
          {selection && (
            <Checkbox
              className={classes.cardCheck}
              size="xs"
              aria-label={messages.select(map.title)}
              checked={selection.ids.has(map.id)}
              onChange={(event) => selection.select([map], event.currentTarget.checked)}
            />
          )}
          <div className={classes.cardBody}>
            <div className={classes.cardText}>
              <Link
                to="/maps/$mapId"
                params={{ mapId: map.id }}
                className={classes.cardTitle}
                title={map.title}
                aria-label={messages.openMap(map.title)}
              >
                {map.title}
              </Link>
              <div className={classes.cardFacts}>
                <PrivacyLabel asset={map} kind="map" />
                <MapMarks map={map} />
                <PeopleCount asset={{ kind: 'map', id: map.id }} name={map.title} count={counts[map.id]} />
                <span>{ownerName(map.owner, user.id)}</span>
                <span className={classes.cardChanged}>
                  {messages.edited} <RelativeTime at={map.updatedAt} />
                </span>
              </div>
              <TagList kind="map" name={map.title} tags={map.tags} />
            </div>
            <div className={classes.cardMenu}>
              <FavouriteButton kind="map" id={map.id} name={map.title} isFavourite={map.isFavourite} />
              <MapMenu map={map} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  )
}

/** The shape of the cards while they load. */
export function MapCardsSkeleton({ count }: { count: number }) {
  return (
    <div className={classes.cards}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a skeleton have no identity.
        <div key={index} className={classes.card}>
          <Skeleton height={132} radius={0} />
          <div className={classes.cardBody}>
            <div className={classes.cardText}>
              <Skeleton height={14} width="60%" mt={3} />
              <Skeleton height={12} width="85%" mt={9} />
            </div>
          </div>
        </div>
      ))}
    </div>
  )
}
