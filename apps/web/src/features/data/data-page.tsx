import type { ConnectionSummary } from '@graticule/contract'
import { IconPlugConnected, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { connectionsQuery } from '../../api/connections.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { useCan, useRoleReaches } from '../../shell/use-session.ts'
import { Button, PageState, QueryView, Skeleton } from '../../ui/index.ts'
import { AskCredentials } from '../viewer-credentials/ask-credentials.tsx'
import { CredentialsNeeded } from '../viewer-credentials/credentials-needed.tsx'
import { useHasOwnLogins } from '../viewer-credentials/use-has-own-logins.ts'
import classes from './data-page.module.css'
import { messages } from './messages.ts'
import { TableView } from './table/table-view.tsx'
import { parseTableSearch } from './table-search.ts'
import { CatalogTree } from './tree/catalog-tree.tsx'

/** The data explorer: the tree of everything one can read, and the table that the address names. */
export function DataPage() {
  return useRoleReaches('data.browse') ? <DataExplorer /> : <ForbiddenPage title={messages.title} />
}

function DataExplorer() {
  const query = useQuery(connectionsQuery)
  const hasOwnLogins = useHasOwnLogins()
  return (
    <AskCredentials isPerson={hasOwnLogins} canRemove={false}>
      <Page title={messages.title} fullBleed>
        <QueryView
          query={query}
          queryKey={connectionsQuery.queryKey}
          awaiting={messages.awaitingConnections}
          skeleton={<ExplorerSkeleton />}
        >
          {(connections) => (connections.length > 0 ? <Explorer connections={connections} /> : <NoConnections />)}
        </QueryView>
      </Page>
    </AskCredentials>
  )
}

function Explorer({ connections }: { connections: readonly ConnectionSummary[] }) {
  const { connection, schema, table } = useParams({ strict: false })
  const search = parseTableSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const address = connection && schema && table ? { connection, schema, table } : null
  const opened = connections.find(({ name }) => name === connection)
  const credentials = opened?.myCredentials ?? null
  const hasOwnLogins = useHasOwnLogins()
  return (
    <div className={classes.layout} data-has-table={address !== null || undefined}>
      <div className={classes.side}>
        <CatalogTree
          connections={connections.map(({ name }) => name)}
          selection={{ connection, schema, table }}
          onOpenTable={(toConnection, toSchema, toTable) =>
            void navigate({
              to: '/data/$connection/$schema/$table',
              params: { connection: toConnection, schema: toSchema, table: toTable },
              // Staying on the same tab lets one compare tables; order and page belong to one table.
              search: { tab: search.tab },
            })
          }
        />
      </div>
      <div className={classes.content}>
        {address ? (
          <TableView
            key={JSON.stringify(address)}
            address={address}
            search={search}
            onChange={(next) =>
              void navigate({ to: '/data/$connection/$schema/$table', params: address, search: next, replace: true })
            }
          />
        ) : opened && hasOwnLogins && credentials !== null && credentials !== 'valid' ? (
          <CredentialsNeeded connection={opened.name} state={credentials} />
        ) : (
          <PageState icon={<IconTable size={20} />} title={messages.pickTitle}>
            {messages.pickText}
          </PageState>
        )}
      </div>
    </div>
  )
}

function NoConnections() {
  const canAdd = useCan('connection.create').allowed
  return (
    <PageState
      icon={<IconPlugConnected size={20} />}
      title={messages.emptyTitle}
      actions={
        canAdd && (
          <Button renderRoot={(button) => <Link to="/connections" search={{ add: true }} {...button} />}>
            {messages.addConnection}
          </Button>
        )
      }
    >
      {canAdd ? messages.emptyText : messages.emptyReadOnlyText}
    </PageState>
  )
}

function ExplorerSkeleton() {
  return (
    <div className={classes.layout}>
      <div className={`${classes.side} ${classes.lines}`}>
        {[80, 60, 70, 50, 65].map((width) => (
          <Skeleton key={width} height={18} width={`${width}%`} />
        ))}
      </div>
    </div>
  )
}
