import type { ActivityEvent } from '@graticule/contract'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { activityQuery } from '../../api/activity.ts'
import { Button, Center, Group, PageState, QueryView, Select, Skeleton, Table, Text, Title } from '../../ui/index.ts'
import { ActivityRow } from './activity-row.tsx'
import { activityGroups, parseActivitySearch } from './activity-search.ts'
import { DecisionLookup } from './decision-lookup.tsx'
import { ForAdmins } from './for-admins.tsx'
import { messages } from './messages.ts'

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
  const { type } = route.useSearch()
  const navigate = useNavigate({ from: '/settings/activity' })
  const options = activityQuery(type ?? '')
  const query = useInfiniteQuery(options)
  return (
    <section>
      <Group justify="space-between" align="flex-end" mb="sm">
        <div>
          <Title order={2}>{messages.activityTitle}</Title>
          <Text c="dimmed">{messages.activityText}</Text>
        </div>
        <Select
          aria-label={messages.activityFilter}
          w={220}
          allowDeselect={false}
          value={type ?? ''}
          data={[
            { value: '', label: messages.activityAll },
            ...activityGroups().map((group) => ({ value: group, label: messages.activityGroups[group] })),
          ]}
          onChange={(group) => void navigate({ search: parseActivitySearch({ type: group }), replace: true })}
        />
      </Group>
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
              <PageState icon={<IconHistory size={20} />} title={messages.activityEmptyTitle}>
                {type ? messages.activityNoMatch : messages.activityEmptyText}
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

function ActivityTable({ events }: { events: readonly ActivityEvent[] }) {
  const { columns } = messages
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table aria-label={messages.activityCaption} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={130}>{columns.at}</Table.Th>
            <Table.Th w={170}>{columns.actor}</Table.Th>
            <Table.Th w={190}>{columns.type}</Table.Th>
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
