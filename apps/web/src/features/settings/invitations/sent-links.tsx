import type { InviteResult } from '@graticule/contract'
import { Alert, Button, CopyIconButton, CopyTextButton, Group, Stack, Text, TextInput } from '../../../ui/index.ts'
import classes from './invitations.module.css'
import { messages } from './messages.ts'

/** What a dialog with these results is called. */
export function titleOf(results: readonly InviteResult[]): string {
  const invited = results.filter((result) => result.outcome === 'invited')
  const linkCount = invited.filter(({ link }) => link !== undefined).length
  if (linkCount > 0) return messages.linksTitle(linkCount)
  return invited.length > 0 ? messages.mailedTitle : messages.failed
}

/** The links that were just made, shown this once, and the addresses that got none, each with the reason. */
export function SentLinks({ results, onClose }: { results: readonly InviteResult[]; onClose: () => void }) {
  const invited = results.filter((result) => result.outcome === 'invited')
  const mailed = invited.filter(({ link }) => link === undefined)
  const linked = invited.flatMap(({ email, link }) => (link === undefined ? [] : [{ email, link }]))
  const isMailFailing = invited.some(({ mailFailed }) => mailFailed === true)
  const refused = results.filter((result) => result.outcome === 'refused')
  return (
    <Stack gap="md">
      {mailed.length > 0 && <Text>{messages.mailed(mailed.map(({ email }) => email))}</Text>}
      {linked.length > 0 && (
        <>
          {isMailFailing && <Alert color="yellow">{messages.mailFailed}</Alert>}
          <Text>{messages.linksText}</Text>
          <ul className={classes.links}>
            {linked.map(({ email, link }) => (
              <li key={email}>
                <TextInput
                  label={messages.linkOf(email)}
                  readOnly
                  value={link}
                  onFocus={(event) => event.currentTarget.select()}
                  rightSection={<CopyIconButton value={link} label={`${messages.copyLink}: ${email}`} />}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {refused.length > 0 && (
        <Alert color="yellow" title={messages.notInvited}>
          <ul className={classes.refusals}>
            {refused.map(({ email, reason }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an address may stand in the list twice, and the list stays.
              <li key={index}>
                <b>{email}</b>: {reason}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        {linked.length > 1 && (
          <CopyTextButton
            value={linked.map(({ email, link }) => `${email}\t${link}`).join('\n')}
            label={messages.copyAll}
          />
        )}
        <Button onClick={onClose}>{messages.done}</Button>
      </Group>
    </Stack>
  )
}
