import { type AccessRequestSummary, assertNever, type RequestableKind } from '@graticule/contract'
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
import { GRANT_DAYS, type GrantLength, grantEnd, readGrantLength, USUAL_LENGTH } from './grant-end.ts'
import { messages } from './messages.ts'

/** What shows how each kind is shared, and must be read again. */
const LIST_OF: Readonly<Record<RequestableKind, string[]>> = {
  map: ['maps', 'list'],
  workflow: ['workflows'],
  application: ['applications'],
  project: ['projects'],
}

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
  const { asset, message, requester, wanted } = request
  const [length, setLength] = useState<GrantLength>(USUAL_LENGTH)
  const isEditing = wanted === 'edit'
  const queryClient = useQueryClient()
  const answer = useMutation({
    mutationFn: (isGranted: boolean) =>
      isGranted ? grantAccess(request.id, isEditing ? null : grantEnd(length, new Date())) : declineAccess(request.id),
    onSuccess: async (_, isGranted) => {
      notifications.show({
        message: isGranted ? messages.granted[wanted](requester.name, asset.title) : messages.declined(requester.name),
      })
      await queryClient.invalidateQueries({ queryKey: ['sharing'] })
      await queryClient.invalidateQueries({ queryKey: LIST_OF[asset.kind] })
    },
    // One that somebody else, or another window, has answered is to go from the list too.
    onSettled: () => queryClient.invalidateQueries({ queryKey: accessRequestsQuery.queryKey }),
  })
  return (
    <article className={classes.panel} aria-label={messages.asks[wanted](requester.name, asset.title)}>
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
      <Text size="sm">
        {messages.wants[wanted](asset.kind)} <AssetLink asset={asset} />
      </Text>
      {message !== '' && (
        <Text mt={4} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
          “{message}”
        </Text>
      )}
      {isEditing && (
        <Text size="xs" c="dimmed" mt={4}>
          {messages.editConsequence}
        </Text>
      )}
      <FormError error={answer.error} />
      <Group gap="xs" mt="sm" align="flex-end">
        {!isEditing && (
          <Select
            label={messages.until}
            aria-label={messages.untilOf(requester.name)}
            w={140}
            allowDeselect={false}
            value={length}
            data={(Object.keys(GRANT_DAYS) as GrantLength[]).map((value) => ({ value, label: messages.ends[value] }))}
            onChange={(value) => setLength(readGrantLength(value))}
          />
        )}
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

/** Where the asset is looked at. */
function AssetLink({ asset }: Pick<AccessRequestSummary, 'asset'>) {
  const { id, kind, title } = asset
  switch (kind) {
    case 'map':
      return (
        <Anchor renderRoot={(anchor) => <Link to="/maps/$mapId" params={{ mapId: id }} {...anchor} />}>{title}</Anchor>
      )
    case 'workflow':
      return (
        <Anchor renderRoot={(anchor) => <Link to="/workflows/$workflowId" params={{ workflowId: id }} {...anchor} />}>
          {title}
        </Anchor>
      )
    case 'project':
      return (
        <Anchor renderRoot={(anchor) => <Link to="/projects/$projectId" params={{ projectId: id }} {...anchor} />}>
          {title}
        </Anchor>
      )
    case 'application':
      return (
        <Anchor
          renderRoot={(anchor) => <Link to="/applications/$applicationId" params={{ applicationId: id }} {...anchor} />}
        >
          {title}
        </Anchor>
      )
    default:
      return assertNever(kind)
  }
}
