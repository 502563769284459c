import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { joinOfferQuery } from '../../api/join-requests.ts'
import { organizationCreationQuery, signIn } from '../../api/session.ts'
import { Anchor, Button, FormError, PasswordField, Stack, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'
import { OrganizationChoice } from './organization-choice.tsx'
import { PasskeySignIn } from './passkey-sign-in.tsx'
import { ProviderSignIn } from './provider-sign-in.tsx'
import { useCompleteSignIn } from './use-complete-sign-in.ts'

/** The e-mail and password form, and the identity providers. What was typed survives a failure. */
export function PasswordSignIn({ target }: { target: string | undefined }) {
  const complete = useCompleteSignIn(target)
  const attempt = useMutation({
    mutationFn: signIn,
    onSuccess: (answer) => {
      if (!('organizations' in answer)) complete(answer)
    },
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() ? null : messages.emailMissing),
      password: (value) => (value ? null : messages.passwordMissing),
    },
  })
  const [email, setEmail] = useState('')
  form.watch('email', ({ value }) => setEmail(value))
  if (attempt.data && 'organizations' in attempt.data) {
    return <OrganizationChoice organizations={attempt.data.organizations} login={attempt.variables} target={target} />
  }
  return (
    <Stack gap="md">
      <form
        noValidate
        onSubmit={form.onSubmit(({ email, password }) => attempt.mutate({ email: email.trim(), password }))}
      >
        <Stack gap="md">
          <FormError error={attempt.error} />
          <TextInput
            label={messages.email}
            type="email"
            autoComplete="username"
            autoFocus
            size="sm"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordField
            label={messages.password}
            autoComplete="current-password"
            capsLockMessage={messages.capsLock}
            size="sm"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
            {messages.submit}
          </Button>
          <Anchor size="sm" renderRoot={(props) => <Link to="/forgot-password" {...props} />}>
            {messages.forgot}
          </Anchor>
          <AskToJoin />
          <CreateOrganization />
        </Stack>
      </form>
      <PasskeySignIn target={target} />
      <ProviderSignIn email={email} target={target} />
    </Stack>
  )
}

/** Where the one organization of the server takes requests; absent otherwise. */
function AskToJoin() {
  const { data } = useQuery(joinOfferQuery(undefined))
  if (!data?.open) return null
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/join" {...props} />}>
      {messages.askToJoin}
    </Anchor>
  )
}

/** Where visitors may create organizations; absent otherwise. */
function CreateOrganization() {
  const { data } = useQuery(organizationCreationQuery)
  if (!data?.open) return null
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/create-organization" {...props} />}>
      {messages.createOrganization}
    </Anchor>
  )
}
