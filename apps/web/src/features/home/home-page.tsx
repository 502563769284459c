import { IconDatabase } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { connectionsQuery, providersQuery } from '../../api/connections.ts'
import { mapsQuery } from '../../api/maps.ts'
import { Page } from '../../shell/page.tsx'
import { useCan, useRoleReaches } from '../../shell/use-session.ts'
import { Button, QueryView, Skeleton } from '../../ui/index.ts'
import { MapCards, MapCardsSkeleton } from '../maps/map-cards.tsx'
import { PrivacyLabel } from '../sharing/privacy-label.tsx'
import { FirstSteps } from './first-steps.tsx'
import classes from './home.module.css'
import { Favourites, RecentlyOpened } from './kept-list.tsx'
import { messages } from './messages.ts'

/** Where one arrives: what one worked on, what one can draw from, and how to begin. */
export function HomePage() {
  const canBrowse = useRoleReaches('data.browse')
  const canUseConnections = useRoleReaches('connection.use')
  return (
    <Page title={messages.title}>
      {canBrowse && <FirstSteps />}
      <div className={classes.columns} style={canUseConnections ? undefined : { gridTemplateColumns: '1fr' }}>
        <div className={classes.side}>
          <div className={classes.pair}>
            <Favourites />
            <RecentlyOpened />
          </div>
          <RecentMaps />
        </div>
        {canUseConnections && <ConnectionList canBrowse={canBrowse} />}
      </div>
    </Page>
  )
}

function RecentMaps() {
  const options = mapsQuery({ orderBy: 'updatedAt', orderDirection: 'desc', pageSize: 6 })
  const query = useQuery(options)
  const canCreate = useCan('map.create').allowed
  return (
    <section aria-label={messages.recentMaps}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{messages.recentMaps}</h2>
        <Link to="/maps" className={classes.more}>
          {messages.allMaps}
        </Link>
      </div>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingMaps}
        skeleton={<MapCardsSkeleton count={3} />}
      >
        {({ maps }) =>
          maps.length > 0 ? (
            <MapCards maps={maps} />
          ) : (
            <div className={classes.hint}>
              <p>{canCreate ? messages.noMaps : messages.noMapsReadOnly}</p>
              {canCreate && (
                <Button renderRoot={(button) => <Link to="/data" {...button} />}>{messages.browseData}</Button>
              )}
            </div>
          )
        }
      </QueryView>
    </section>
  )
}

function ConnectionList({ canBrowse }: { canBrowse: boolean }) {
  const query = useQuery(connectionsQuery)
  const providers = useQuery(providersQuery).data ?? []
  const canAdd = useCan('connection.create').allowed
  return (
    <section aria-label={messages.connections}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{messages.connections}</h2>
        <Link to="/connections" className={classes.more}>
          {messages.allConnections}
        </Link>
      </div>
      <QueryView
        query={query}
        queryKey={connectionsQuery.queryKey}
        awaiting={messages.awaitingConnections}
        skeleton={<Skeleton height={58} />}
      >
        {(connections) =>
          connections.length > 0 ? (
            <ul className={classes.panel}>
              {connections.slice(0, 6).map((connection) => {
                const content = (
                  <>
                    <IconDatabase size={18} stroke={1.6} aria-hidden />
                    <span className={classes.rowText}>
                      <span className={classes.rowTitle}>{connection.name}</span>
                      <span className={classes.rowFacts}>
                        <span>
                          {connection.embedded
                            ? messages.embedded
                            : (providers.find(({ id }) => id === connection.providerId)?.label ??
                              connection.providerId)}
                        </span>
                        <PrivacyLabel asset={connection} kind="connection" />
                      </span>
                    </span>
                  </>
                )
                return (
                  <li key={connection.id}>
                    {canBrowse ? (
                      <Link
                        to="/data/$connection"
                        params={{ connection: connection.name }}
                        className={classes.row}
                        title={messages.browse(connection.name)}
                      >
                        {content}
                      </Link>
                    ) : (
                      <div className={classes.row}>{content}</div>
                    )}
                  </li>
                )
              })}
            </ul>
          ) : (
            <div className={classes.hint}>
              <p>{canAdd ? messages.noConnections : messages.noConnectionsReadOnly}</p>
              {canAdd && (
                <Button renderRoot={(button) => <Link to="/connections" search={{ add: true }} {...button} />}>
                  {messages.addConnection}
                </Button>
              )}
            </div>
          )
        }
      </QueryView>
    </section>
  )
}
