import type { SecondFactorMethod, SecondStep, SessionInfo } from '@graticule/contract'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { readSecondStepPasskey } from '../../api/passkeys.ts'
import { proveSecondStep } from '../../api/second-factors.ts'
import { Anchor, Button, FormError, isNotEmpty, Stack, Text, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { CodeField, checkCode, toDigits } from './totp-form.tsx'

const PREFERENCE = ['passkey', 'totp', 'recovery-code'] as const satisfies readonly SecondFactorMethod[]

/** Proves one of the factors that the person has; each other one is a click away. */
export function ProveStep({ step, onSignedIn }: { step: SecondStep; onSignedIn: (session: SessionInfo) => void }) {
  const methods = PREFERENCE.filter((method) => step.methods.includes(method))
  const [method, setMethod] = useState<SecondFactorMethod>(methods[0] ?? 'totp')
  return (
    <Stack gap="md">
      <Text>{messages.stepText(step.email)}</Text>
      {method === 'passkey' ? (
        <PasskeyProof onSignedIn={onSignedIn} />
      ) : (
        <CodeProof key={method} method={method} onSignedIn={onSignedIn} />
      )}
      {methods
        .filter((other) => other !== method)
        .map((other) => (
          <Anchor key={other} component="button" type="button" size="sm" ta="start" onClick={() => setMethod(other)}>
            {messages.useInstead[other]}
          </Anchor>
        ))}
    </Stack>
  )
}

function PasskeyProof({ onSignedIn }: { onSignedIn: (session: SessionInfo) => void }) {
  const prove = useMutation({
    mutationFn: async () => proveSecondStep(await readSecondStepPasskey()),
    onSuccess: onSignedIn,
  })
  return (
    <Stack gap="md">
      <FormError error={prove.error} />
      <Button
        size="sm"
        leftSection={<IconFingerprint size={16} aria-hidden />}
        loading={prove.isPending}
        onClick={() => prove.mutate()}
        fullWidth
      >
        {messages.usePasskey}
      </Button>
    </Stack>
  )
}

function CodeProof({
  method,
  onSignedIn,
}: {
  method: 'totp' | 'recovery-code'
  onSignedIn: (session: SessionInfo) => void
}) {
  const prove = useMutation({ mutationFn: proveSecondStep, onSuccess: onSignedIn })
  const isApp = method === 'totp'
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { code: '' },
    validate: { code: isApp ? checkCode : isNotEmpty(messages.recoveryCodeMissing) },
  })
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ code }) => prove.mutate({ kind: method, code: isApp ? toDigits(code) : code.trim() }))}
    >
      <Stack gap="md">
        <FormError error={prove.error} />
        {isApp ? (
          <CodeField autoFocus key={form.key('code')} {...form.getInputProps('code')} />
        ) : (
          <TextInput
            label={messages.recoveryCode}
            autoComplete="off"
            autoFocus
            maxLength={40}
            key={form.key('code')}
            {...form.getInputProps('code')}
          />
        )}
        <Button type="submit" size="sm" loading={prove.isPending} fullWidth>
          {messages.signIn}
        </Button>
      </Stack>
    </form>
  )
}
