import type { SupportGrant } from '@graticule/contract'
import { Badge, RelativeTime, Text, Title } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'

/** Every time that support access was enabled and has ended, the latest first. */
export function GrantHistory({ grants }: { grants: readonly SupportGrant[] }) {
  return (
    <section>
      <Title order={3} mb="xs">
        {messages.historyTitle}
      </Title>
      {grants.length === 0 ? (
        <Text c="dimmed">{messages.historyEmpty}</Text>
      ) : (
        <ul className={classes.sessions} aria-label={messages.historyTitle} style={{ maxWidth: 640 }}>
          {grants.map((grant) => (
            <PastGrant key={grant.id} grant={grant} />
          ))}
        </ul>
      )}
    </section>
  )
}

function PastGrant({ grant }: { grant: SupportGrant }) {
  const { createdAt, enabledBy, endedAt, endedBy, expiresAt, people, reason, receiver, role } = grant
  return (
    <li className={classes.session}>
      <div className={classes.sessionText}>
        <Text style={{ overflowWrap: 'anywhere' }}>
          {people.map(({ email, lastSeenAt }) => messages.pastPerson(email, lastSeenAt !== null)).join(', ')}
        </Text>
        <Text c="dimmed">{reason}</Text>
        <div className={classes.sessionFacts}>
          <span>
            {messages.enabled} <RelativeTime at={createdAt} /> {messages.by(enabledBy.name)}
          </span>
          <span>
            {endedBy === null ? messages.expired : messages.revokedBy(endedBy.name)}{' '}
            <RelativeTime at={endedAt ?? expiresAt} />
          </span>
          {receiver !== null && <span>{messages.receivedBy(receiver.name)}</span>}
        </div>
      </div>
      <Badge color="gray">{messages.roles[role]}</Badge>
    </li>
  )
}
