import type { LibraryItem, LibraryList } from '@graticule/contract'
import { IconApps, IconMap2, IconSchema } from '@tabler/icons-react'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { favouritesQuery, recentsQuery } from '../../api/library.ts'
import { useSession } from '../../shell/use-session.ts'
import { QueryView, RelativeTime, Skeleton } from '../../ui/index.ts'
import classes from './home.module.css'
import { messages } from './messages.ts'

/** So many of each are shown here. */
const SHOWN = 8
const ICONS = { map: IconMap2, workflow: IconSchema, application: IconApps }

/** The favourites of the person, of all kinds. */
export function Favourites() {
  const query = useQuery(favouritesQuery)
  const more = (
    <Link to="/maps" search={{ scope: 'favourites' }} className={classes.more}>
      {messages.allFavourites}
    </Link>
  )
  return (
    <KeptList
      title={messages.favourites}
      more={more}
      empty={messages.noFavourites}
      awaiting={messages.awaitingFavourites}
      query={query}
      queryKey={favouritesQuery.queryKey}
    />
  )
}

/** What the person opened last. */
export function RecentlyOpened() {
  const query = useQuery(recentsQuery)
  const more = (
    <Link to="/maps" search={{ scope: 'recent' }} className={classes.more}>
      {messages.allRecents}
    </Link>
  )
  return (
    <KeptList
      title={messages.recents}
      more={more}
      empty={messages.noRecents}
      awaiting={messages.awaitingRecents}
      query={query}
      queryKey={recentsQuery.queryKey}
    />
  )
}

function KeptList(props: {
  title: string
  more: ReactNode
  empty: string
  awaiting: string
  query: UseQueryResult<LibraryList>
  queryKey: readonly string[]
}) {
  return (
    <section aria-label={props.title}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{props.title}</h2>
        {props.more}
      </div>
      <QueryView
        query={props.query}
        queryKey={props.queryKey}
        awaiting={props.awaiting}
        skeleton={<Skeleton height={116} />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <div className={classes.hint}>{props.empty}</div>
          ) : (
            <ul className={classes.panel}>
              {items.slice(0, SHOWN).map((item) => (
                <li key={item.id}>
                  <KeptRow item={item} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </section>
  )
}

function KeptRow({ item }: { item: LibraryItem }) {
  const { user } = useSession()
  const Icon = ICONS[item.kind]
  const content = (
    <>
      <Icon size={18} stroke={1.6} aria-hidden />
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>{item.name}</span>
        <span className={classes.rowFacts}>
          <span>{item.owner.id === user.id ? messages.you : item.owner.name}</span>
          <RelativeTime at={item.at} />
        </span>
      </span>
    </>
  )
  const { id } = item
  switch (item.kind) {
    case 'map':
      return (
        <Link to="/maps/$mapId" params={{ mapId: id }} className={classes.row}>
          {content}
        </Link>
      )
    case 'workflow':
      return (
        <Link to="/workflows/$workflowId" params={{ workflowId: id }} className={classes.row}>
          {content}
        </Link>
      )
    case 'application':
      return (
        <Link to="/applications" search={{ search: item.name }} className={classes.row}>
          {content}
        </Link>
      )
  }
}
