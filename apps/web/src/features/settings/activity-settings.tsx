import type { ActivityEvent } from '@graticule/contract'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { activityFileUrl, activityQuery } from '../../api/activity.ts'
import {
  Button,
  Center,
  Group,
  Menu,
  PageState,
  QueryView,
  Select,
  Skeleton,
  Table,
  Text,
  TextInput,
  Title,
} from '../../ui/index.ts'
import { ActivityRow } from './activity-row.tsx'
import {
  type ActivitySearch,
  activityGroups,
  activityOutcomes,
  isNarrowed,
  parseActivitySearch,
  toActivityFilter,
} from './activity-search.ts'
import { PersonPicker } from './assets/person-picker.tsx'
import { DecisionLookup } from './decision-lookup.tsx'
import { ForAdmins } from './for-admins.tsx'
import { messages } from './messages.ts'
import classes from './settings.module.css'

const route = getRouteApi('/signed-in/workspace/settings/activity')

/** The log of what happened in the organization, for its admins. */
export function ActivitySettings() {
  return (
    <ForAdmins action="activity.read" title={messages.forbiddenTitle}>
      <DecisionLookup />
      <ActivityLog />
    </ForAdmins>
  )
}

function ActivityLog() {
  const search = route.useSearch()
  const options = activityQuery(toActivityFilter(search))
  const query = useInfiniteQuery(options)
  return (
    <section>
      <Group justify="space-between" align="flex-end" mb="sm">
        <div>
          <Title order={2}>{messages.activityTitle}</Title>
          <Text c="dimmed">{messages.activityText}</Text>
        </div>
        <Download search={search} />
      </Group>
      <Filters search={search} />
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingActivity}
        skeleton={<Skeleton height={360} />}
      >
        {({ pages }) => {
          const events = pages.flatMap((page) => page.events)
          if (events.length === 0) {
            return (
              <PageState
                icon={<IconHistory size={20} />}
                title={isNarrowed(search) ? messages.activityNoMatchTitle : messages.activityEmptyTitle}
              >
                {isNarrowed(search) ? messages.activityNoMatch : messages.activityEmptyText}
              </PageState>
            )
          }
          return (
            <>
              <ActivityTable events={events} />
              {query.hasNextPage && (
                <Center mt="md">
                  <Button
                    variant="default"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {messages.loadMore}
                  </Button>
                </Center>
              )}
            </>
          )
        }}
      </QueryView>
    </section>
  )
}

function Filters({ search }: { search: ActivitySearch }) {
  const navigate = useNavigate({ from: '/settings/activity' })
  const change = (changes: Readonly<Record<string, string | undefined>>) =>
    void navigate({ search: parseActivitySearch({ ...search, ...changes }), replace: true })
  return (
    <div className={classes.activityFilters}>
      <Select
        aria-label={messages.activityFilter}
        allowDeselect={false}
        value={search.type ?? ''}
        data={[
          { value: '', label: messages.activityAll },
          ...activityGroups().map((group) => ({ value: group, label: messages.activityGroups[group] })),
        ]}
        onChange={(group) => change({ type: group ?? undefined })}
      />
      <Select
        aria-label={messages.activityOutcome}
        allowDeselect={false}
        value={search.outcome ?? ''}
        data={[
          { value: '', label: messages.activityAnyOutcome },
          ...activityOutcomes().map((outcome) => ({ value: outcome, label: messages.activityOutcomes[outcome] })),
        ]}
        onChange={(outcome) => change({ outcome: outcome ?? undefined })}
      />
      <PersonPicker
        ariaLabel={messages.activityPerson}
        placeholder={messages.activityAnybody}
        clearable
        isAnybody
        value={search.person ?? null}
        onPick={(person) => change({ person: person?.id })}
      />
      <TextInput
        aria-label={messages.activityAsset}
        placeholder={messages.activityAsset}
        value={search.asset ?? ''}
        onChange={(event) => change({ asset: event.currentTarget.value.trim() || undefined })}
      />
      <TextInput
        type="date"
        aria-label={messages.activityFrom}
        value={search.from ?? ''}
        max={search.to}
        onChange={(event) => change({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        aria-label={messages.activityTo}
        value={search.to ?? ''}
        min={search.from}
        onChange={(event) => change({ to: event.currentTarget.value || undefined })}
      />
    </div>
  )
}

function Download({ search }: { search: ActivitySearch }) {
  const filter = toActivityFilter(search)
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />}>
          {messages.activityDownload}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={activityFileUrl(filter, 'csv')} download>
          CSV
        </Menu.Item>
        <Menu.Item component="a" href={activityFileUrl(filter, 'parquet')} download>
          Parquet
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ActivityTable({ events }: { events: readonly ActivityEvent[] }) {
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table aria-label={messages.activityCaption} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={130}>{columns.at}</Table.Th>
            <Table.Th w={170}>{columns.actor}</Table.Th>
            <Table.Th w={260}>{columns.type}</Table.Th>
            <Table.Th>{columns.details}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => (
            <ActivityRow key={event.id} event={event} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
