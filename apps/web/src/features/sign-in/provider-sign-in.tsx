import { IconLogin2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { withQuery } from '../../api/client.ts'
import { signInMethodsQuery } from '../../api/single-sign-on.ts'
import { Button, Divider, Stack, useDebouncedValue } from '../../ui/index.ts'
import { messages } from './messages.ts'

/**
 * A button for each identity provider; absent while there is none, so that nobody waits for it. `onOpen` is for pages that
 * must stay: the provider then opens in a tab of its own.
 */
export function ProviderSignIn({
  email,
  target,
  onOpen,
}: {
  email: string
  target: string | undefined
  onOpen?: () => void
}) {
  const [typed] = useDebouncedValue(email.trim(), 300)
  const { data } = useQuery({
    ...signInMethodsQuery(/@.+\../.test(typed) ? typed : undefined),
    placeholderData: (before) => before,
  })
  if (data === undefined || data.providers.length === 0) return null
  return (
    <Stack gap="md">
      <Divider label={messages.or} />
      {data.providers.map(({ id, name, startPath }) => (
        <Button
          key={id}
          component="a"
          href={withQuery(startPath, { target })}
          target={onOpen && '_blank'}
          onClick={onOpen}
          variant="default"
          size="sm"
          fullWidth
          leftSection={<IconLogin2 size={16} aria-hidden />}
        >
          {messages.signInWith(name)}
        </Button>
      ))}
    </Stack>
  )
}
