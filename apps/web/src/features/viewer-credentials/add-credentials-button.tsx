import { IconKey } from '@tabler/icons-react'
import { Button, type ButtonProps } from '../../ui/index.ts'
import { useAskCredentials } from './ask-credentials.tsx'
import { messages } from './messages.ts'

/** Opens the dialog in which one adds a login; nothing for whoever can give none. */
export function AddCredentialsButton({ connection, ...button }: ButtonProps & { connection: string }) {
  const ask = useAskCredentials()
  if (ask === null) return null
  return (
    <Button leftSection={<IconKey size={14} />} {...button} onClick={() => ask(connection)}>
      {messages.add}
    </Button>
  )
}
