import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { directoryQuery, signInWithDirectory, testDirectory } from '../../api/single-sign-on.ts'
import {
  Anchor,
  Button,
  Entrance,
  FormError,
  PasswordField,
  QueryView,
  Skeleton,
  Stack,
  Text,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { messages } from './messages.ts'
import { useCompleteSignIn } from './use-complete-sign-in.ts'

const route = getRouteApi('/directory-sign-in')

/** Takes the name and password of a company's directory, to sign in or to try whether one could. */
export function DirectorySignInPage() {
  const { provider = '', target, test } = route.useSearch()
  const options = directoryQuery(provider)
  const directory = useQuery(options)
  return (
    <Entrance title={test ? messages.directoryTest : messages.title}>
      <Stack gap="md">
        <QueryView
          query={directory}
          queryKey={options.queryKey}
          awaiting={messages.directoryAwaiting}
          skeleton={<Skeleton height={200} />}
        >
          {({ name }) => <DirectoryForm id={provider} name={name} target={target} isTest={test ?? false} />}
        </QueryView>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to={test ? '/settings/single-sign-on' : '/sign-in'} {...props} />}
        >
          {messages.directoryBack}
        </Anchor>
      </Stack>
    </Entrance>
  )
}

function DirectoryForm(props: { id: string; name: string; target: string | undefined; isTest: boolean }) {
  const { id, isTest, name, target } = props
  const complete = useCompleteSignIn(target)
  const navigate = useNavigate()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { login: '', password: '' },
    validate: {
      login: (value) => (value.trim() ? null : messages.loginMissing),
      password: (value) => (value ? null : messages.passwordMissing),
    },
  })
  const attempt = useMutation({
    mutationFn: async (login: typeof form.values) => {
      if (!isTest) return complete(await signInWithDirectory(id, login))
      await testDirectory(id, login)
      await navigate({ to: '/settings/single-sign-on', search: { tested: true } })
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
      <Stack gap="md">
        <Text c="dimmed">{isTest ? messages.directoryTestText : messages.directoryText(name)}</Text>
        <FormError error={attempt.error} />
        <TextInput
          label={messages.login}
          autoComplete="username"
          autoFocus
          size="sm"
          key={form.key('login')}
          {...form.getInputProps('login')}
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
          {isTest ? messages.directoryTry : messages.submit}
        </Button>
      </Stack>
    </form>
  )
}
