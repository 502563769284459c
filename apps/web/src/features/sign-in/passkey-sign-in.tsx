import type { SignInAnswer } from '@graticule/contract'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { signInWithPasskey } from '../../api/passkeys.ts'
import { Button, FormError, Stack } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Signs in with a passkey alone; absent where the browser has none, such as at an address without a name. */
export function PasskeySignIn({ onSignedIn }: { onSignedIn: (answer: SignInAnswer) => void }) {
  const attempt = useMutation({ mutationFn: signInWithPasskey, onSuccess: onSignedIn })
  if (!canUsePasskeys()) return null
  return (
    <Stack gap="md">
      <FormError error={attempt.error} />
      <Button
        variant="default"
        size="sm"
        leftSection={<IconFingerprint size={16} aria-hidden />}
        loading={attempt.isPending}
        onClick={() => attempt.mutate()}
        fullWidth
      >
        {messages.passkey}
      </Button>
    </Stack>
  )
}

function canUsePasskeys(): boolean {
  const isNumber = /^[\d.]+$|^\[/.test(window.location.hostname)
  return 'PublicKeyCredential' in window && window.isSecureContext && !isNumber
}
