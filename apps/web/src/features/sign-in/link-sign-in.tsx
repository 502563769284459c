import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { signInWithLink } from '../../api/session.ts'
import { Alert, Group, Loader, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { PasswordSignIn } from './password-sign-in.tsx'
import { useCompleteSignIn } from './use-complete-sign-in.ts'

/** Uses a one-time link as soon as it is shown; when the link fails, says so and offers the password form. */
export function LinkSignIn({ link, target }: { link: string; target: string | undefined }) {
  const complete = useCompleteSignIn(target)
  const attempt = useMutation({ mutationFn: signInWithLink, onSuccess: complete })
  // A link works once, so the second run of effects in development must not send it again.
  const isSent = useRef(false)
  const { mutate } = attempt
  useEffect(() => {
    if (isSent.current) return
    isSent.current = true
    mutate({ token: link })
  }, [link, mutate])

  if (!attempt.isError) {
    return (
      <Group gap="xs" role="status">
        <Loader size={16} />
        <Text>{messages.linkPending}</Text>
      </Group>
    )
  }
  const reason = attempt.error instanceof ApiError ? attempt.error.message : ''
  return (
    <Stack gap="md">
      <Alert role="alert" color="yellow" title={messages.linkFailedTitle}>
        {reason} {messages.linkFailedHint}
      </Alert>
      <PasswordSignIn target={target} />
    </Stack>
  )
}
