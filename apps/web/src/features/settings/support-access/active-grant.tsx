import type { SupportGrant, SupportLink, SupportPerson } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError } from '../../../api/api-error.ts'
import { renewSupportLink } from '../../../api/support-access.ts'
import {
  Button,
  formatExactTime,
  Group,
  notifications,
  RelativeTime,
  Stack,
  Text,
  Title,
  useDisclosure,
} from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { RevokeDialog } from './revoke-dialog.tsx'

/** The grant that is active now: until when, by whom, for whom, and its end. */
export function ActiveGrant(props: { grant: SupportGrant; onLinks: (links: readonly SupportLink[]) => void }) {
  const { grant, onLinks } = props
  const [isRevoking, revoking] = useDisclosure(false)
  return (
    <section aria-label={messages.activeTitle}>
      <Group justify="space-between" mb="sm" maw={640}>
        <Title order={3}>{messages.activeTitle}</Title>
        <Button color="red" variant="light" onClick={revoking.open}>
          {messages.revoke}
        </Button>
      </Group>
      <Stack gap="md">
        <dl className={classes.facts}>
          <div className={classes.fact}>
            <dt>{messages.expires}</dt>
            <dd>
              {formatExactTime(new Date(grant.expiresAt))} · <RelativeTime at={grant.expiresAt} />
            </dd>
          </div>
          <div className={classes.fact}>
            <dt>{messages.enabledBy}</dt>
            <dd>
              {grant.enabledBy.name}, <RelativeTime at={grant.createdAt} />
            </dd>
          </div>
          <div className={classes.fact}>
            <dt>{messages.scope}</dt>
            <dd>{messages.roles[grant.role]}</dd>
          </div>
          <div className={classes.fact}>
            <dt>{messages.reason}</dt>
            <dd>{grant.reason}</dd>
          </div>
        </dl>
        <ul className={classes.sessions} style={{ maxWidth: 640 }} aria-label={messages.peopleTitle}>
          {grant.people.map((person) => (
            <PersonRow key={person.id} grantId={grant.id} person={person} onLinks={onLinks} />
          ))}
        </ul>
      </Stack>
      <RevokeDialog grant={grant} opened={isRevoking} onClose={revoking.close} />
    </section>
  )
}

function PersonRow(props: {
  grantId: string
  person: SupportPerson
  onLinks: (links: readonly SupportLink[]) => void
}) {
  const { email, id, lastSeenAt, linkExpiresAt, name, ownedCount } = props.person
  const queryClient = useQueryClient()
  const renew = useMutation({
    mutationFn: renewSupportLink,
    onSuccess: (link) => props.onLinks([link]),
    onError: (error) =>
      notifications.show({
        color: 'red',
        title: messages.linkFailed,
        message: error instanceof ApiError ? error.message : '',
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['support-access'] }),
  })
  return (
    <li className={classes.session}>
      <div className={classes.sessionText}>
        <Text truncate>{name === email ? email : `${name} · ${email}`}</Text>
        <div className={classes.sessionFacts}>
          <span>
            {lastSeenAt === null ? (
              messages.neverSeen
            ) : (
              <>
                {messages.seen} <RelativeTime at={lastSeenAt} />
              </>
            )}
          </span>
          <span>{messages.owns(ownedCount)}</span>
          {linkExpiresAt !== null && <span>{messages.linkOpen}</span>}
        </div>
      </div>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={messages.newLinkOf(email)}
        loading={renew.isPending}
        onClick={() => renew.mutate({ grantId: props.grantId, personId: id })}
      >
        {messages.newLink}
      </Button>
    </li>
  )
}
