import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { askForOrganization, organizationCreationQuery } from '../../api/session.ts'
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
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Lets a visitor create an organization: the link that does it is mailed, which proves the e-mail. */
export function CreateOrganizationPage() {
  const offer = useQuery(organizationCreationQuery)
  return (
    <Entrance title={messages.title}>
      <Stack gap="md">
        <QueryView
          query={offer}
          queryKey={organizationCreationQuery.queryKey}
          awaiting={messages.awaiting}
          skeleton={<Skeleton height={180} />}
        >
          {({ open }) =>
            open ? (
              <CreationForm />
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

function CreationForm() {
  const ask = useMutation({ mutationFn: askForOrganization })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { organizationName: '', email: '' },
    validate: {
      organizationName: isNotEmpty(messages.organizationMissing),
      email: (value) => isEmail(messages.emailInvalid)(value.trim()),
    },
  })
  if (ask.isSuccess) {
    return (
      <Alert role="status" color="accent" title={messages.sentTitle}>
        {messages.sentText(ask.variables.email)}
      </Alert>
    )
  }
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ organizationName, email }) => ask.mutate({ organizationName, email: email.trim() }))}
    >
      <Stack gap="md">
        <Text c="dimmed">{messages.text}</Text>
        <FormError error={ask.error} />
        <TextInput
          label={messages.organization}
          autoComplete="organization"
          maxLength={100}
          autoFocus
          size="sm"
          key={form.key('organizationName')}
          {...form.getInputProps('organizationName')}
        />
        <TextInput
          label={messages.email}
          type="email"
          autoComplete="email"
          size="sm"
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <Button type="submit" size="sm" loading={ask.isPending} fullWidth>
          {messages.submit}
        </Button>
      </Stack>
    </form>
  )
}
