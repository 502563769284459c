import { OAUTH_AUDIENCE, type OAuthClientSummary } from '@graticule/contract'
import { useSession } from '../../shell/use-session.ts'
import { Button, CodeBlock, CopyTextButton, Group, Modal, Stack, Text, TextInput } from '../../ui/index.ts'
import { oauthClientMessages as messages } from './oauth-client-messages.ts'
import { oauthClientSample } from './oauth-client-samples.ts'

/** A client to show, with its secret right after it was made. */
export interface ShownClient {
  readonly client: OAuthClientSummary
  readonly clientSecret: string | null
}

/** What a programmer needs to use a client; of a machine client that was just made the secret, this once. */
export function OAuthClientUsageDialog({ shown, onClose }: { shown: ShownClient | null; onClose: () => void }) {
  // A secret is not lost by a click beside the dialog.
  const isSecret = shown?.clientSecret != null
  return (
    <Modal
      opened={shown !== null}
      onClose={onClose}
      title={shown && messages.usageTitle(shown.client.title)}
      size={680}
      closeOnClickOutside={!isSecret}
      closeOnEscape={!isSecret}
    >
      {shown && <Usage {...shown} onClose={onClose} />}
    </Modal>
  )
}

function Usage({ client, clientSecret, onClose }: ShownClient & { onClose: () => void }) {
  const { apiBaseUrl } = useSession()
  return (
    <Stack gap="md">
      {clientSecret !== null && (
        <>
          <Text>{messages.secretText}</Text>
          <Value label={messages.clientSecret} value={clientSecret} copyLabel={messages.copySecret} />
        </>
      )}
      <Value label={messages.clientId} value={client.id} copyLabel={messages.copyClientId} />
      <Value label={messages.issuer} value={`${apiBaseUrl}/oauth`} copyLabel={messages.copyIssuer} />
      <Value label={messages.audience} value={OAUTH_AUDIENCE} copyLabel={messages.copyAudience} />
      <CodeBlock
        code={oauthClientSample(client, apiBaseUrl, clientSecret)}
        label={messages.sample}
        copyLabel={messages.copySample}
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>{messages.done}</Button>
      </Group>
    </Stack>
  )
}

function Value({ copyLabel, label, value }: { copyLabel: string; label: string; value: string }) {
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        readOnly
        flex={1}
        value={value}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyTextButton value={value} label={copyLabel} variant="default" />
    </Group>
  )
}
