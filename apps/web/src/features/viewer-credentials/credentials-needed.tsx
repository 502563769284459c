import type { CredentialState } from '@graticule/contract'
import { IconKey } from '@tabler/icons-react'
import { PageState } from '../../ui/index.ts'
import { AddCredentialsButton } from './add-credentials-button.tsx'
import { messages } from './messages.ts'

/** In place of data that are read with a login of one's own, which is missing. */
export function CredentialsNeeded(props: { connection: string; state: Exclude<CredentialState, 'valid'> }) {
  const { connection, state } = props
  return (
    <PageState
      icon={<IconKey size={20} />}
      title={messages.needed[state](connection)}
      actions={<AddCredentialsButton connection={connection} />}
    >
      {messages.neededText}
    </PageState>
  )
}
