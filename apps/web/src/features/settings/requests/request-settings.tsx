import type { AccessRequestSummary } from '@graticule/contract'
import { IconUserQuestion } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { accessRequestsQuery, declineAccess, grantAccess } from '../../../api/access.ts'
import {
  Anchor,
  Button,
  FormError,
  Group,
  notifications,
  PageState,
  QueryView,
  RelativeTime,
  Select,
  Skeleton,
  Stack,
  Text,
} from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { GRANT_DAYS, type GrantLength, grantEnd, readGrantLength } from './grant-end.ts'
import { messages } from './messages.ts'

/** What people ask the signed-in person for, each with its answer. */
export function RequestSettings() {
  const query = useQuery(accessRequestsQuery)
  return (
    <section aria-label={messages.title}>
      <QueryView
        query={query}
        queryKey={accessRequestsQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={200} maw={720} />}
      >
        {({ requests }) =>
          requests.length === 0 ? (
            <PageState icon={<IconUserQuestion size={20} />} title={messages.emptyTitle}>
              {messages.emptyText}
            </PageState>
          ) : (
            <Stack gap="md" maw={720}>
              <Text c="dimmed">{messages.explanation}</Text>
              {requests.map((request) => (
                <RequestCard key={request.id} request={request} />
              ))}
            </Stack>
          )
        }
      </QueryView>
    </section>
  )
}

function RequestCard({ request }: { request: AccessRequestSummary }) {
  const { map, message, requester } = request
  const [length, setLength] = useState<GrantLength>('never')
  const queryClient = useQueryClient()
  const answer = useMutation({
    mutationFn: (isGranted: boolean) =>
      isGranted ? grantAccess(request.id, grantEnd(length, new Date())) : declineAccess(request.id),
    onSuccess: async (_, isGranted) => {
      notifications.show({
        message: isGranted ? messages.granted(requester.name, map.title) : messages.declined(requester.name),
      })
      await queryClient.invalidateQueries({ queryKey: ['sharing'] })
      await queryClient.invalidateQueries({ queryKey: ['maps', 'list'] })
    },
    // One that somebody else, or another window, has answered is to go from the list too.
    onSettled: () => queryClient.invalidateQueries({ queryKey: accessRequestsQuery.queryKey }),
  })
  return (
    <article className={classes.panel} aria-label={messages.asks(requester.name, map.title)}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text fw={500}>{requester.name}</Text>
          <Text size="xs" c="dimmed" truncate>
            {requester.email}
          </Text>
        </div>
        <Text size="xs" c="dimmed">
          <RelativeTime at={request.createdAt} />
        </Text>
      </Group>
      <Anchor renderRoot={(anchor) => <Link to="/maps/$mapId" params={{ mapId: map.id }} {...anchor} />}>
        {map.title}
      </Anchor>
      {message !== '' && (
        <Text mt={4} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
          “{message}”
        </Text>
      )}
      <FormError error={answer.error} />
      <Group gap="xs" mt="sm" align="flex-end">
        <Select
          label={messages.until}
          aria-label={messages.untilOf(requester.name)}
          w={140}
          allowDeselect={false}
          value={length}
          data={(Object.keys(GRANT_DAYS) as GrantLength[]).map((value) => ({ value, label: messages.ends[value] }))}
          onChange={(value) => setLength(readGrantLength(value))}
        />
        <Button
          aria-label={messages.grantTo(requester.name)}
          loading={answer.isPending && answer.variables}
          disabled={answer.isPending}
          onClick={() => answer.mutate(true)}
        >
          {messages.grant}
        </Button>
        <Button
          variant="default"
          aria-label={messages.declineOf(requester.name)}
          disabled={answer.isPending}
          onClick={() => answer.mutate(false)}
        >
          {messages.decline}
        </Button>
      </Group>
    </article>
  )
}
