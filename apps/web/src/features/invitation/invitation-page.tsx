import type { InvitationOffer } from '@graticule/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { ApiError } from '../../api/api-error.ts'
import { acceptInvitation, invitationOfferQuery } from '../../api/invitations.ts'
import {
  Alert,
  Button,
  checkNewPassword,
  Entrance,
  FormError,
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

/** Where an invitation's link leads: what is offered, and joining with a name and a password. */
export function InvitationPage() {
  // Behind the #, which no server and no log on the way gets to see.
  const token = useLocation({ select: ({ hash }) => hash })
  const options = invitationOfferQuery(token)
  const query = useQuery({ ...options, enabled: token !== '' })
  const refusal = query.error instanceof ApiError && query.error.status === 401 ? query.error.message : null
  const title = query.data === undefined ? messages.untitled : messages.title(query.data.organizationName)
  return (
    <Entrance title={title}>
      {token === '' || refusal !== null ? (
        <Unusable reason={refusal ?? messages.incomplete} />
      ) : (
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.checking}
          skeleton={<Skeleton height={240} />}
        >
          {(offer) =>
            offer.passwordAllowed ? (
              <JoinForm key={token} token={token} offer={offer} />
            ) : (
              <JoinElsewhere offer={offer} />
            )
          }
        </QueryView>
      )}
    </Entrance>
  )
}

function JoinForm({ token, offer }: { token: string; offer: InvitationOffer }) {
  const complete = useCompleteSignIn(undefined)
  const attempt = useMutation({ mutationFn: acceptInvitation, onSuccess: complete })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', password: '' },
    validateInputOnBlur: true,
    validate: {
      name: isNotEmpty(messages.nameMissing),
      password: checkNewPassword,
    },
  })
  return (
    <form noValidate onSubmit={form.onSubmit((values) => attempt.mutate({ token, ...values }))}>
      <Stack gap="md">
        <Text>{messages.offer(offer.inviterName, messages.roles[offer.role])}</Text>
        <FormError error={attempt.error} />
        <TextInput
          label={messages.email}
          description={messages.emailHelp}
          type="email"
          autoComplete="username"
          readOnly
          value={offer.email}
        />
        <TextInput
          label={messages.name}
          autoComplete="name"
          maxLength={100}
          autoFocus
          key={form.key('name')}
          {...form.getInputProps('name')}
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

/** Where no password lets anybody in: the way is the organization's own sign-in. */
function JoinElsewhere({ offer }: { offer: InvitationOffer }) {
  return (
    <Stack gap="md">
      <Text>{messages.offer(offer.inviterName, messages.roles[offer.role])}</Text>
      <Text>{messages.byProvider(offer.email)}</Text>
      <Button size="sm" fullWidth renderRoot={(props) => <Link to="/sign-in" {...props} />}>
        {messages.toSignIn}
      </Button>
    </Stack>
  )
}

function Unusable({ reason }: { reason: string }) {
  return (
    <Stack gap="md">
      <Alert role="alert" color="yellow" title={messages.unusableTitle}>
        {reason}
      </Alert>
      <Button variant="default" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
        {messages.toSignIn}
      </Button>
    </Stack>
  )
}
