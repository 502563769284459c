import type { SetupOffer } from '@graticule/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { completeSetup, setupQuery } from '../../api/session.ts'
import {
  Alert,
  Button,
  checkNewPassword,
  Entrance,
  FormError,
  isEmail,
  isNotEmpty,
  NEW_PASSWORD_HELP,
  PasswordField,
  QueryView,
  Skeleton,
  Stack,
  Text,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { useCompleteSignIn } from '../sign-in/use-complete-sign-in.ts'
import { messages } from './messages.ts'

const route = getRouteApi('/setup')

/** Creates an organization and its first superadmin from a one-time link. */
export function SetupPage() {
  const { token = '' } = route.useSearch()
  const check = setupQuery(token)
  const query = useQuery({ ...check, enabled: token !== '' })
  return (
    <Entrance title={messages.title}>
      {token === '' ? (
        <InvalidLink />
      ) : (
        <QueryView query={query} queryKey={check.queryKey} awaiting={messages.checking} skeleton={<FormSkeleton />}>
          {(offer) => (offer.valid ? <SetupForm token={token} offer={offer} /> : <InvalidLink />)}
        </QueryView>
      )}
    </Entrance>
  )
}

function SetupForm({ token, offer }: { token: string; offer: SetupOffer }) {
  const isFirst = offer.organizationName === null
  const complete = useCompleteSignIn(undefined)
  const attempt = useMutation({ mutationFn: completeSetup, onSuccess: complete })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { organizationName: offer.organizationName ?? '', name: '', email: offer.email ?? '', password: '' },
    validateInputOnBlur: true,
    validate: {
      organizationName: isNotEmpty(messages.organizationMissing),
      name: isNotEmpty(messages.nameMissing),
      email: isEmail(messages.emailInvalid),
      password: checkNewPassword,
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit((values) => attempt.mutate({ token, ...values }))}>
      <Stack gap="md">
        <Text c="dimmed">{isFirst ? messages.intro : messages.offerIntro}</Text>
        <FormError error={attempt.error} />
        <TextInput
          label={messages.organization}
          autoComplete="organization"
          maxLength={100}
          autoFocus={isFirst}
          key={form.key('organizationName')}
          {...form.getInputProps('organizationName')}
        />
        <TextInput
          label={messages.name}
          autoComplete="name"
          maxLength={100}
          autoFocus={!isFirst}
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          label={messages.email}
          type="email"
          autoComplete="username"
          readOnly={offer.email !== null}
          {...(offer.email !== null && { description: messages.emailHelp })}
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordField
          label={messages.password}
          description={NEW_PASSWORD_HELP}
          autoComplete="new-password"
          capsLockMessage={messages.capsLock}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
          {messages.submit}
        </Button>
      </Stack>
    </form>
  )
}

function InvalidLink() {
  return (
    <Stack gap="md">
      <Alert color="yellow" title={messages.invalidTitle} role="alert">
        {messages.invalidText}
      </Alert>
      <Button variant="default" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
        {messages.toSignIn}
      </Button>
    </Stack>
  )
}

function FormSkeleton() {
  return (
    <Stack gap="md">
      <Skeleton height={20} />
      {[1, 2, 3, 4].map((row) => (
        <Skeleton key={row} height={48} />
      ))}
      <Skeleton height={36} />
    </Stack>
  )
}
