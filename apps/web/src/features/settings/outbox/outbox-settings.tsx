import { IconMail, IconSend } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { outboxQuery } from '../../../api/outbox.ts'
import { CopyIconButton, Group, PageState, QueryView, RelativeTime, Skeleton, Stack, Text } from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { messages } from './messages.ts'
import classes from './outbox.module.css'

/** The mails that stay here while there is no mail server. */
export function OutboxSettings() {
  return (
    <ForAdmins action="outbox.read" title={messages.forbiddenTitle}>
      <OutboxMails />
    </ForAdmins>
  )
}

function OutboxMails() {
  const query = useQuery(outboxQuery)
  return (
    <section aria-label={messages.title}>
      <QueryView
        query={query}
        queryKey={outboxQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={200} maw={720} />}
      >
        {({ isUsed, mails }) =>
          !isUsed ? (
            <PageState icon={<IconSend size={20} />} title={messages.unusedTitle}>
              {messages.unusedText}
            </PageState>
          ) : (
            <Stack gap="lg" maw={720}>
              <Text c="dimmed">{messages.explanation}</Text>
              {mails.length === 0 && (
                <PageState icon={<IconMail size={20} />} title={messages.emptyTitle}>
                  {messages.emptyText}
                </PageState>
              )}
              {mails.map(({ id, at, to, subject, text }) => (
                <article key={id} aria-label={messages.mailTo(to)}>
                  <Group justify="space-between" gap="xs">
                    <Text fw={500}>{subject}</Text>
                    <Text c="dimmed" size="xs">
                      {messages.to(to)} · <RelativeTime at={at} />
                    </Text>
                  </Group>
                  <div className={classes.mail}>
                    <pre className={classes.text}>{text}</pre>
                    <CopyIconButton value={text} label={messages.copy(to)} />
                  </div>
                </article>
              ))}
            </Stack>
          )
        }
      </QueryView>
    </section>
  )
}
