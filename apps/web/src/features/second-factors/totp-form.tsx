import type { TotpEnrolment } from '@graticule/contract'
import { Button, CopyIconButton, FormError, Group, Stack, Text, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { QrCode } from './qr-code.tsx'
import classes from './second-factors.module.css'

/** An authenticator app that is being set up: the QR code, the key as text, and the field for its first code. */
export function TotpForm(props: {
  enrolment: TotpEnrolment
  error: unknown
  isPending: boolean
  onConfirm: (code: string) => void
}) {
  const { secret, uri } = props.enrolment
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { code: '' },
    validate: { code: checkCode },
  })
  return (
    <form noValidate onSubmit={form.onSubmit(({ code }) => props.onConfirm(toDigits(code)))}>
      <Stack gap="md">
        <Text>{messages.scan}</Text>
        <QrCode text={uri} />
        <div>
          <Text size="xs" c="dimmed">
            {messages.byHand}
          </Text>
          <Group gap={4} wrap="nowrap">
            <span className={classes.key}>{secret.match(/.{1,4}/g)?.join(' ')}</span>
            <CopyIconButton value={secret} label={messages.copyKey} />
          </Group>
        </div>
        <CodeField autoFocus key={form.key('code')} {...form.getInputProps('code')} />
        <FormError error={props.error} />
        <Button type="submit" loading={props.isPending} fullWidth>
          {messages.confirm}
        </Button>
      </Stack>
    </form>
  )
}

/** A field for the six digits of an authenticator app, which phones offer to fill in. */
export function CodeField(props: Record<string, unknown>) {
  return (
    <TextInput
      label={messages.code}
      description={messages.codeHelp}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={7}
      {...props}
    />
  )
}

/** Why this is not a code; null when it is one. People may type it as `123 456`. */
export function checkCode(text: string): string | null {
  return /^\d{6}$/.test(toDigits(text)) ? null : messages.codeMissing
}

export function toDigits(text: string): string {
  return text.replace(/\s/g, '')
}
