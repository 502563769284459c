import type { AppAccess } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { appAccessQuery, revokeAppAccess } from '../../api/app-access.ts'
import { useCan } from '../../shell/use-session.ts'
import {
  Anchor,
  Button,
  Group,
  modals,
  notifications,
  QueryView,
  RelativeTime,
  Skeleton,
  Stack,
  Text,
  Title,
} from '../../ui/index.ts'
import { messages } from './messages.ts'

/** The applications that act as the person, each of which they can end. */
export function AppAccessSection() {
  return useCan('app-access.manage').allowed ? <ApplicationsWithAccess /> : null
}

function ApplicationsWithAccess() {
  const query = useQuery(appAccessQuery)
  return (
    <section aria-label={messages.listTitle}>
      <Title order={2}>{messages.listTitle}</Title>
      <Text c="dimmed" mb="sm">
        {messages.listText}
      </Text>
      <QueryView
        query={query}
        queryKey={appAccessQuery.queryKey}
        awaiting={messages.awaitingList}
        skeleton={<Skeleton height={60} />}
      >
        {(applications) =>
          applications.length === 0 ? (
            <Text>{messages.none}</Text>
          ) : (
            <Stack gap="sm">
              {applications.map((application) => (
                <ApplicationRow key={application.clientId} application={application} />
              ))}
            </Stack>
          )
        }
      </QueryView>
    </section>
  )
}

function ApplicationRow({ application }: { application: AppAccess }) {
  const confirmEnd = useEnd()
  const { givenAt, lastUsedAt, loginUri, ownerName, title } = application
  return (
    <Group justify="space-between" gap="sm">
      <div>
        <Text fw={500}>{loginUri === null ? title : <Anchor href={loginUri}>{title}</Anchor>}</Text>
        <Text size="xs" c="dimmed" component="div">
          {messages.by(ownerName)} · {messages.since} <RelativeTime at={givenAt} />
          {lastUsedAt !== null && (
            <>
              , {messages.used} <RelativeTime at={lastUsedAt} />
            </>
          )}
        </Text>
      </div>
      <Button variant="default" aria-label={messages.endOf(title)} onClick={() => confirmEnd(application)}>
        {messages.end}
      </Button>
    </Group>
  )
}

function useEnd(): (application: AppAccess) => void {
  const queryClient = useQueryClient()
  const end = useMutation({
    mutationFn: ({ clientId }: AppAccess) => revokeAppAccess(clientId),
    onSuccess: async (_nothing, { title }) => {
      await queryClient.invalidateQueries({ queryKey: appAccessQuery.queryKey })
      notifications.show({ message: messages.ended(title) })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.failed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (application) =>
    modals.openConfirmModal({
      title: messages.endTitle(application.title),
      children: <Text>{messages.endText}</Text>,
      labels: { confirm: messages.end, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => end.mutate(application),
    })
}
