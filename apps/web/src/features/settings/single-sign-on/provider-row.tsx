import type { IdentityProviderSummary } from '@graticule/contract'
import { IconDots } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { beginTestLogin, deleteIdentityProvider } from '../../../api/single-sign-on.ts'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { ActionIcon, Badge, Button, Group, Menu, modals, RelativeTime, Text } from '../../../ui/index.ts'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { showFailure, useProviderChange } from './use-provider-change.ts'

/** One identity provider, and what can be done with it. */
export function ProviderRow({ provider, onEdit }: { provider: IdentityProviderSummary; onEdit: () => void }) {
  const { name, testedAt } = provider
  const test = useMutation({
    mutationFn: () => beginTestLogin(provider.id),
    onSuccess: ({ url }) => window.location.assign(url),
    onError: showFailure,
  })
  const remove = useProviderChange(deleteIdentityProvider, () => messages.deleted(name))
  const confirmDeletion = () =>
    modals.openConfirmModal({
      title: messages.deleteTitle(name),
      children: messages.deleteText,
      labels: { confirm: messages.delete, cancel: messages.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(provider.id, { onError: showFailure }),
    })
  return (
    <li className={classes.session}>
      <div className={classes.sessionText}>
        <Group gap={6}>
          <Text fw={500}>{name}</Text>
          {testedAt === null && <Badge color="yellow">{messages.untested}</Badge>}
          {!provider.enabled && <Badge color="gray">{messages.off}</Badge>}
        </Group>
        <div className={classes.sessionFacts}>
          <span>{messages.protocols[provider.kind]}</span>
          <span>{provider.issuer}</span>
          <span>{provider.domains.join(', ')}</span>
          <span>
            {messages.defaultRole}: {shellMessages.roles[provider.defaultRole]}
          </span>
          {provider.groupsClaim !== null && (
            <span>
              {messages.groupsClaim}: {provider.groupsClaim}
            </span>
          )}
          {provider.kind === 'saml' && <CertificateEnd certificates={provider.certificates} />}
          {testedAt !== null && (
            <span>
              {messages.tested} <RelativeTime at={testedAt} />
            </span>
          )}
        </div>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" title={messages.testHelp} loading={test.isPending} onClick={() => test.mutate()}>
          {messages.test}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={messages.menuOf(name)}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={onEdit}>{messages.edit}</Menu.Item>
            <Menu.Item color="red" onClick={confirmDeletion}>
              {messages.delete}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </li>
  )
}

/** Until when the provider can sign in a way that is believed: its last certificate's end. */
function CertificateEnd({ certificates }: { certificates: readonly { readonly validUntil: string }[] }) {
  const ends = certificates.map(({ validUntil }) => validUntil).sort()
  const last = ends.at(-1)
  if (last === undefined) return null
  return (
    <span>
      {new Date(last) <= new Date() ? messages.certificateEnded : messages.certificateUntil} <RelativeTime at={last} />
    </span>
  )
}
