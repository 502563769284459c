import type { SupportLink } from '@graticule/contract'
import { Alert, Button, CopyIconButton, Group, Stack, Text, TextInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** What a dialog with these links is called. */
export function titleOf(links: readonly SupportLink[]): string {
  const { length } = links.filter(({ link }) => link !== undefined)
  return length > 0 ? messages.linksTitle(length) : messages.mailedTitle
}

/** The links that were just made, shown this once, and who got theirs by mail. */
export function SupportLinks({ links, onClose }: { links: readonly SupportLink[]; onClose: () => void }) {
  const mailed = links.filter(({ link }) => link === undefined)
  const shown = links.flatMap(({ email, link }) => (link === undefined ? [] : [{ email, link }]))
  return (
    <Stack gap="md">
      {mailed.length > 0 && <Text>{messages.mailed(mailed.map(({ email }) => email))}</Text>}
      {links.some(({ mailFailed }) => mailFailed) && <Alert color="yellow">{messages.mailFailed}</Alert>}
      {shown.length > 0 && <Text>{messages.linksText}</Text>}
      {shown.map(({ email, link }) => (
        <TextInput
          key={email}
          label={messages.linkOf(email)}
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyIconButton value={link} label={messages.copyLink(email)} />}
        />
      ))}
      <Group justify="flex-end">
        <Button onClick={onClose}>{messages.done}</Button>
      </Group>
    </Stack>
  )
}
