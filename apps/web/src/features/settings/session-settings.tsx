import type { SessionSummary } from '@graticule/contract'
import { IconDeviceDesktop } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../api/api-error.ts'
import { revokeSession, sessionsQuery } from '../../api/session.ts'
import { Badge, Button, notifications, QueryView, RelativeTime, Skeleton, Text, Title } from '../../ui/index.ts'
import { describeUserAgent } from './describe-user-agent.ts'
import { messages } from './messages.ts'
import classes from './settings.module.css'

/** The person's own sessions, each of which they can end. */
export function SessionSettings() {
  const query = useQuery(sessionsQuery)
  return (
    <section>
      <Title order={2}>{messages.sessionsTitle}</Title>
      <Text c="dimmed" mb="sm">
        {messages.sessionsText}
      </Text>
      <QueryView
        query={query}
        queryKey={sessionsQuery.queryKey}
        awaiting={messages.awaitingSessions}
        skeleton={<Skeleton height={120} />}
      >
        {(sessions) => (
          <ul className={classes.sessions}>
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        )}
      </QueryView>
    </section>
  )
}

function SessionRow({ session }: { session: SessionSummary }) {
  const queryClient = useQueryClient()
  const program = describeUserAgent(session.userAgent)
  const end = useMutation({
    mutationFn: () => revokeSession(session.id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
      notifications.show({ message: messages.ended })
    },
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.endFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
  })
  return (
    <li className={classes.session}>
      <IconDeviceDesktop size={18} stroke={1.6} aria-hidden />
      <div className={classes.sessionText}>
        <Text component="div" fw={500} title={session.userAgent}>
          {program} {session.isCurrent && <Badge ml={6}>{messages.current}</Badge>}
        </Text>
        <div className={classes.sessionFacts}>
          <span className="tabular">{session.ipAddress}</span>
          <span>
            {messages.lastSeen} <RelativeTime at={session.lastSeenAt} />
          </span>
          <span>
            {messages.signedIn} <RelativeTime at={session.createdAt} />
          </span>
          <span>
            {messages.endsUnused} <RelativeTime at={session.idleExpiresAt} />
            {messages.endsAnyway} <RelativeTime at={session.expiresAt} />
          </span>
        </div>
      </div>
      {!session.isCurrent && (
        <Button
          variant="default"
          loading={end.isPending}
          aria-label={messages.endSessionOf(program)}
          onClick={() => end.mutate()}
        >
          {messages.endSession}
        </Button>
      )}
    </li>
  )
}
