import type { SourceDescription } from '@graticule/contract'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { spatialColumnQuery, tableQuery } from '../../../api/catalog.ts'
import { credentialRefusalOf } from '../../../map/credential-refusal.ts'
import { usePaletteCommands } from '../../../shell/palette-commands.ts'
import { ActionIcon, QueryView, Skeleton, Tabs } from '../../../ui/index.ts'
import { CredentialsNeeded } from '../../viewer-credentials/credentials-needed.tsx'
import { messages } from '../messages.ts'
import { tableNameOf } from '../table-name.ts'
import type { TableSearch } from '../table-search.ts'
import { ColumnsTab } from './columns-tab.tsx'
import { CreateMapButton } from './create-map-button.tsx'
import { MapTab } from './map-tab.tsx'
import { RowsTab } from './rows-tab.tsx'
import classes from './table.module.css'
import { TableFacts } from './table-facts.tsx'

const TABS = [
  { tab: undefined, id: 'data' },
  { tab: 'map', id: 'map' },
  { tab: 'columns', id: 'columns' },
] as const

/** A table named by the address. */
export interface TableAddress {
  readonly connection: string
  readonly schema: string
  readonly table: string
}

/** One table: what is known of it, and its rows, its map and its columns. */
export function TableView(props: {
  address: TableAddress
  search: TableSearch
  onChange: (search: TableSearch) => void
}) {
  const { connection, schema, table } = props.address
  const tableName = tableNameOf(schema, table)
  const options = tableQuery(connection, tableName)
  const query = useQuery(options)
  const refusal = credentialRefusalOf(query.error)
  if (refusal?.kind === 'needed' && query.data === undefined) {
    return (
      <div className={classes.page}>
        <div className={classes.head} style={{ paddingBottom: 12 }}>
          <div className={classes.titleRow}>
            <TableTitle address={props.address} />
          </div>
        </div>
        <CredentialsNeeded connection={refusal.connectionName} state={refusal.state} />
      </div>
    )
  }
  return (
    <div className={classes.page}>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingTable}
        skeleton={<TableSkeleton address={props.address} />}
      >
        {(description) => <DescribedTable {...props} tableName={tableName} description={description} />}
      </QueryView>
    </div>
  )
}

function DescribedTable(props: {
  address: TableAddress
  tableName: string
  description: SourceDescription
  search: TableSearch
  onChange: (search: TableSearch) => void
}) {
  const { address, tableName, description, search, onChange } = props
  const { spatialColumns } = description
  const catalogSource = { connectionName: address.connection, type: 'table', source: tableName } as const
  const detected = spatialColumns.find(({ spatialDataColumn }) => spatialDataColumn === search.geometry)
  const isByHand = search.geometry !== undefined && !detected
  const looked = useQuery({ ...spatialColumnQuery(catalogSource, search.geometry ?? ''), enabled: isByHand })
  const spatial = (isByHand ? looked.data : (detected ?? spatialColumns[0])) ?? null
  const source = { connectionName: address.connection, tableName, description }
  const tab = search.tab ?? 'data'
  usePaletteCommands(
    useMemo(
      () =>
        TABS.map((each) => ({
          id: `table-${each.id}`,
          label: messages.showTab[each.id],
          run: () => onChange({ ...search, tab: each.tab }),
        })),
      [search, onChange],
    ),
  )
  const panels = {
    data: <RowsTab {...source} search={search} onChange={onChange} />,
    map:
      isByHand && looked.isPending ? (
        <Skeleton height="100%" radius={0} />
      ) : (
        <MapTab {...source} spatial={spatial} failure={isByHand ? looked.error : null} />
      ),
    columns: <ColumnsTab {...source} />,
  }
  return (
    <Tabs
      value={tab}
      onChange={(id) => onChange({ ...search, tab: TABS.find((each) => each.id === id)?.tab })}
      keepMounted={false}
      className={classes.page}
    >
      <header className={classes.head}>
        <div className={classes.titleRow}>
          <TableTitle address={address} />
          <div style={{ marginLeft: 'auto' }}>
            <CreateMapButton {...source} spatial={spatial} />
          </div>
        </div>
        <TableFacts
          source={catalogSource}
          description={description}
          spatial={spatial}
          onChooseSpatial={(geometry) => onChange({ ...search, geometry })}
        />
        <Tabs.List className={classes.tabs} aria-label={messages.tabsLabel}>
          {TABS.map(({ id }) => (
            <Tabs.Tab key={id} value={id}>
              {messages.tabs[id]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </header>
      {TABS.map(({ id }) => (
        <Tabs.Panel key={id} value={id} className={classes.body}>
          {panels[id]}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function TableTitle({ address }: { address: TableAddress }) {
  return (
    <>
      <ActionIcon
        hiddenFrom="sm"
        aria-label={messages.backToTree}
        renderRoot={(props) => <Link to="/data/$connection" params={{ connection: address.connection }} {...props} />}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <h2 className={classes.title}>
        <span className={classes.path}>{address.schema}.</span>
        {address.table}
      </h2>
    </>
  )
}

function TableSkeleton({ address }: { address: TableAddress }) {
  return (
    <>
      <div className={classes.head} style={{ paddingBottom: 12 }}>
        <div className={classes.titleRow}>
          <TableTitle address={address} />
        </div>
        <Skeleton height={14} width={360} mt={8} />
        <Skeleton height={18} width={180} mt={16} />
      </div>
      <div style={{ display: 'grid', gap: 8, padding: '12px 24px' }}>
        {Array.from({ length: 14 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a skeleton have no identity.
          <Skeleton key={index} height={20} />
        ))}
      </div>
    </>
  )
}
