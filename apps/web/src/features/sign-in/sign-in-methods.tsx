import type { SessionInfo, SignInAnswer } from '@graticule/contract'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { signIn } from '../../api/session.ts'
import { Button, FormError, PasswordField, Stack, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { OrganizationChoice } from './organization-choice.tsx'
import { PasskeySignIn } from './passkey-sign-in.tsx'
import { ProviderSignIn } from './provider-sign-in.tsx'

interface SignInMethodsProps {
  readonly onSignedIn: (answer: SignInAnswer) => void
  /** Whose session ended: their e-mail is filled in, and which organization they mean is no question. */
  readonly returning?: SessionInfo
  /** Where an identity provider leads back to. */
  readonly target: string | undefined
  /** For a page that must stay: identity providers open in a tab of their own. */
  readonly onProviderOpen?: () => void
  /** What stands below the form. */
  readonly children?: ReactNode
}

/** Every way to sign in: e-mail and password, a passkey, the identity providers. What was typed survives a failure. */
export function SignInMethods({ onSignedIn, returning, target, onProviderOpen, children }: SignInMethodsProps) {
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: (answer) => {
      if (!('organizations' in answer)) onSignedIn(answer)
    },
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: returning?.user.email ?? '', password: '' },
    validate: {
      email: (value) => (value.trim() ? null : messages.emailMissing),
      password: (value) => (value ? null : messages.passwordMissing),
    },
  })
  const [email, setEmail] = useState(returning?.user.email ?? '')
  form.watch('email', ({ value }) => setEmail(value))
  if (attempt.data && 'organizations' in attempt.data) {
    return (
      <OrganizationChoice
        organizations={attempt.data.organizations}
        login={attempt.variables}
        onSignedIn={onSignedIn}
      />
    )
  }
  const submit = (values: typeof form.values) => {
    const typed = values.email.trim()
    const organizationId = typed === returning?.user.email ? returning.organization.id : undefined
    attempt.mutate({ email: typed, password: values.password, organizationId })
  }
  return (
    <Stack gap="md">
      <form noValidate onSubmit={form.onSubmit(submit)}>
        <Stack gap="md">
          <FormError error={attempt.error} />
          <TextInput
            label={messages.email}
            type="email"
            autoComplete="username"
            autoFocus={!returning}
            size="sm"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordField
            label={messages.password}
            autoComplete="current-password"
            capsLockMessage={messages.capsLock}
            data-autofocus={returning ? true : undefined}
            size="sm"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
            {messages.submit}
          </Button>
          {children}
        </Stack>
      </form>
      <PasskeySignIn onSignedIn={onSignedIn} />
      <ProviderSignIn email={email} target={target} onOpen={onProviderOpen} />
    </Stack>
  )
}
