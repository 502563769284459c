import type { ScimTokenSummary } from '@graticule/contract'
import { IconDots, IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createScimToken, revokeScimToken, scimQuery } from '../../../api/directories.ts'
import {
  ActionIcon,
  Button,
  CodeBlock,
  Group,
  Menu,
  Modal,
  modals,
  notifications,
  PageState,
  RelativeTime,
  Stack,
  Text,
  Title,
} from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { showFailure } from './show-failure.ts'

/** The tokens of directories: made and shown once, replaced, revoked. */
export function ScimTokens({ tokens }: { tokens: readonly ScimTokenSummary[] }) {
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries({ queryKey: scimQuery.queryKey })
  const make = useMutation({ mutationFn: createScimToken, onSuccess: refresh, onError: showFailure })
  const revoke = useMutation({
    mutationFn: revokeScimToken,
    onSuccess: async () => {
      await refresh()
      notifications.show({ message: messages.revoked })
    },
    onError: showFailure,
  })
  const confirm = (title: string, text: string, action: string, onConfirm: () => void) =>
    modals.openConfirmModal({
      title,
      children: text,
      labels: { confirm: action, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm,
    })
  return (
    <section>
      <Group justify="space-between" mb="sm" align="flex-start" wrap="nowrap" maw={640}>
        <div>
          <Title order={2}>{messages.tokensTitle}</Title>
          <Text c="dimmed">{messages.tokensText}</Text>
        </div>
        <Button
          leftSection={<IconPlus size={16} />}
          flex="none"
          loading={make.isPending}
          onClick={() => make.mutate(undefined)}
        >
          {messages.make}
        </Button>
      </Group>
      {tokens.length === 0 ? (
        <PageState icon={<IconKey size={20} />} title={messages.noTokens}>
          {messages.noTokensText}
        </PageState>
      ) : (
        <ul className={classes.sessions} style={{ maxWidth: 640 }}>
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              onReplace={() =>
                confirm(messages.rotateTitle(token.prefix), messages.rotateText, messages.rotate, () =>
                  make.mutate(token.id),
                )
              }
              onRevoke={() =>
                confirm(messages.revokeTitle(token.prefix), messages.revokeText, messages.revoke, () =>
                  revoke.mutate(token.id),
                )
              }
            />
          ))}
        </ul>
      )}
      <Modal
        opened={make.data !== undefined}
        onClose={make.reset}
        title={messages.newTitle}
        size={520}
        closeOnClickOutside={false}
      >
        {make.data && (
          <Stack gap="md">
            <Text>{messages.newText}</Text>
            <CodeBlock code={make.data.token} label={messages.newTitle} copyLabel={messages.copyToken} />
            <Group justify="flex-end" gap="xs">
              <Button onClick={make.reset}>{messages.done}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </section>
  )
}

function TokenRow(props: { token: ScimTokenSummary; onReplace: () => void; onRevoke: () => void }) {
  const { prefix, createdAt, createdBy, lastUsedAt } = props.token
  return (
    <li className={classes.session}>
      <div className={classes.sessionText}>
        <Text ff="monospace">{prefix}…</Text>
        <div className={classes.sessionFacts}>
          <span>
            <RelativeTime at={createdAt} /> {messages.madeBy(createdBy)}
          </span>
          <span>
            {lastUsedAt === null ? (
              messages.unused
            ) : (
              <>
                {messages.used} <RelativeTime at={lastUsedAt} />
              </>
            )}
          </span>
        </div>
      </div>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={messages.actionsOf(prefix)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={props.onReplace}>{messages.rotate}</Menu.Item>
          <Menu.Item color="red" onClick={props.onRevoke}>
            {messages.revoke}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}
