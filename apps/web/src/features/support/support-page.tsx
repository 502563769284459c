import { useMutation } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { signInWithLink } from '../../api/session.ts'
import { Alert, Button, Entrance, FormError, Stack, Text } from '../../ui/index.ts'
import { useCompleteSignIn } from '../sign-in/use-complete-sign-in.ts'
import { messages } from './messages.ts'

/** Where a link of support access leads. It is used by a press of the button, because mail scanners open pages too. */
export function SupportPage() {
  // Behind the #, which no server and no log on the way gets to see.
  const token = useLocation({ select: ({ hash }) => hash })
  const complete = useCompleteSignIn(undefined)
  const attempt = useMutation({ mutationFn: signInWithLink, onSuccess: complete })
  return (
    <Entrance title={messages.title}>
      {token === '' ? (
        <Alert role="alert" color="yellow" title={messages.unusableTitle}>
          {messages.incomplete}
        </Alert>
      ) : (
        <Stack gap="md">
          <Text>{messages.text}</Text>
          <Text c="dimmed">{messages.logged}</Text>
          <FormError error={attempt.error} title={messages.unusableTitle} />
          <Button size="sm" loading={attempt.isPending} onClick={() => attempt.mutate({ token })} fullWidth>
            {messages.submit}
          </Button>
        </Stack>
      )}
    </Entrance>
  )
}
