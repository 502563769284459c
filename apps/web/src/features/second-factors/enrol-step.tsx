import type { SecondStep, SecondStepEnrolled, SessionInfo } from '@graticule/contract'
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { addPasskeyInSecondStep } from '../../api/passkeys.ts'
import { beginTotpInSecondStep, confirmTotpInSecondStep } from '../../api/second-factors.ts'
import { Button, FormError, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { RecoveryCodeList } from './recovery-code-list.tsx'
import { TotpForm } from './totp-form.tsx'

/** Sets the first factor up, an authenticator app or a passkey, where the organization asks for one. */
export function EnrolStep({ step, onSignedIn }: { step: SecondStep; onSignedIn: (session: SessionInfo) => void }) {
  const onSuccess = ({ session, recoveryCodes }: SecondStepEnrolled) => {
    if (recoveryCodes === null) onSignedIn(session)
  }
  const begin = useMutation({ mutationFn: beginTotpInSecondStep })
  const confirm = useMutation({ mutationFn: confirmTotpInSecondStep, onSuccess })
  const add = useMutation({ mutationFn: () => addPasskeyInSecondStep(messages.thisDevice), onSuccess })
  const enrolled = confirm.data ?? add.data
  if (enrolled?.recoveryCodes) {
    return <RecoveryCodeList codes={enrolled.recoveryCodes} onKept={() => onSignedIn(enrolled.session)} />
  }
  if (begin.data !== undefined) {
    return (
      <TotpForm
        enrolment={begin.data}
        error={confirm.error}
        isPending={confirm.isPending}
        onConfirm={(code) => confirm.mutate(code)}
      />
    )
  }
  return (
    <Stack gap="md">
      <Text>{messages.enrolText(step.organizationName)}</Text>
      <FormError error={begin.error ?? add.error} />
      <Button
        size="sm"
        leftSection={<IconDeviceMobile size={16} aria-hidden />}
        loading={begin.isPending}
        onClick={() => begin.mutate()}
        fullWidth
      >
        {messages.setUpTitle}
      </Button>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconFingerprint size={16} aria-hidden />}
        loading={add.isPending}
        onClick={() => add.mutate()}
        fullWidth
      >
        {messages.makePasskey}
      </Button>
    </Stack>
  )
}
