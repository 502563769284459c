import type { ConnectionSummary, CredentialState } from '@graticule/contract'
import { IconKey } from '@tabler/icons-react'
import { Button } from '../../ui/index.ts'
import { useAskCredentials } from './ask-credentials.tsx'
import { messages } from './messages.ts'

const COLORS: Readonly<Record<CredentialState, string>> = {
  none: 'accent',
  rejected: 'red',
  revoked: 'yellow',
  valid: 'gray',
}

/** How one stands with a connection that asks for a login of one's own, and the way to its dialog; nothing elsewhere. */
export function MyCredentialsButton({ connection }: { connection: ConnectionSummary }) {
  const ask = useAskCredentials()
  const { myCredentials: state, name } = connection
  if (ask === null || state === null) return null
  return (
    <Button
      variant={state === 'valid' ? 'subtle' : 'light'}
      color={COLORS[state]}
      size="compact-xs"
      mt={4}
      ml={state === 'valid' ? -8 : 0}
      leftSection={<IconKey size={14} />}
      aria-label={messages.stateOf(messages.shortStates[state], name)}
      onClick={() => ask(name)}
    >
      {messages.shortStates[state]}
    </Button>
  )
}
