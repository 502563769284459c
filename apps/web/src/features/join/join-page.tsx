import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { askToJoin, joinOfferQuery } from '../../api/join-requests.ts'
import {
  Alert,
  Anchor,
  Button,
  Entrance,
  FormError,
  isEmail,
  isNotEmpty,
  QueryView,
  Skeleton,
  Stack,
  Text,
  Textarea,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { messages } from './messages.ts'

const route = getRouteApi('/join')

/** Asks to join an organization; says the same whether or not somebody has the e-mail already. */
export function JoinPage() {
  const { organization } = route.useSearch()
  const options = joinOfferQuery(organization)
  const offer = useQuery(options)
  return (
    <Entrance title={messages.title}>
      <Stack gap="md">
        <QueryView
          query={offer}
          queryKey={options.queryKey}
          awaiting={messages.awaiting}
          skeleton={<Skeleton height={220} />}
        >
          {({ open }) =>
            open ? (
              <JoinForm organizationId={organization} />
            ) : (
              <Alert color="gray" title={messages.closedTitle}>
                {messages.closedText}
              </Alert>
            )
          }
        </QueryView>
        <Anchor size="sm" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {messages.toSignIn}
        </Anchor>
      </Stack>
    </Entrance>
  )
}

function JoinForm({ organizationId }: { organizationId: string | undefined }) {
  const ask = useMutation({ mutationFn: askToJoin })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', name: '', message: '' },
    validate: {
      email: (value) => isEmail(messages.emailInvalid)(value.trim()),
      name: isNotEmpty(messages.nameMissing),
    },
  })
  if (ask.isSuccess) {
    return (
      <Alert role="status" color="accent" title={messages[ask.data.outcome].title}>
        {messages[ask.data.outcome].text}
      </Alert>
    )
  }
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, ...rest }) => ask.mutate({ organizationId, email: email.trim(), ...rest }))}
    >
      <Stack gap="md">
        <Text c="dimmed">{messages.text}</Text>
        <FormError error={ask.error} />
        <TextInput
          label={messages.email}
          type="email"
          autoComplete="email"
          autoFocus
          size="sm"
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <TextInput
          label={messages.name}
          autoComplete="name"
          maxLength={100}
          size="sm"
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <Textarea
          label={messages.message}
          maxLength={500}
          autosize
          minRows={2}
          maxRows={6}
          size="sm"
          key={form.key('message')}
          {...form.getInputProps('message')}
        />
        <Button type="submit" size="sm" loading={ask.isPending} fullWidth>
          {messages.submit}
        </Button>
      </Stack>
    </form>
  )
}
