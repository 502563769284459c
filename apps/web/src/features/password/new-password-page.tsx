import { useMutation } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { resetPassword } from '../../api/passwords.ts'
import {
  Alert,
  Anchor,
  Button,
  checkNewPassword,
  Entrance,
  FormError,
  NEW_PASSWORD_HELP,
  PasswordField,
  Stack,
  Text,
  useForm,
} from '../../ui/index.ts'
import { useCompleteSignIn } from '../sign-in/use-complete-sign-in.ts'
import { messages } from './messages.ts'

/** Where a link to a new password leads. */
export function NewPasswordPage() {
  // Behind the #, which no server and no log on the way gets to see.
  const token = useLocation({ select: ({ hash }) => hash })
  return (
    <Entrance title={messages.newTitle}>
      <Stack gap="md">
        {token === '' ? (
          <Alert role="alert" color="yellow" title={messages.incompleteTitle}>
            {messages.incompleteText}
          </Alert>
        ) : (
          <NewPasswordForm key={token} token={token} />
        )}
        <Anchor size="sm" renderRoot={(props) => <Link to="/forgot-password" {...props} />}>
          {messages.another}
        </Anchor>
      </Stack>
    </Entrance>
  )
}

function NewPasswordForm({ token }: { token: string }) {
  const complete = useCompleteSignIn(undefined)
  const attempt = useMutation({ mutationFn: resetPassword, onSuccess: complete })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { newPassword: '' },
    validate: { newPassword: checkNewPassword },
  })
  return (
    <form noValidate onSubmit={form.onSubmit(({ newPassword }) => attempt.mutate({ token, newPassword }))}>
      <Stack gap="md">
        <Text c="dimmed">{messages.newText}</Text>
        <FormError error={attempt.error} />
        <PasswordField
          label={messages.password}
          description={NEW_PASSWORD_HELP}
          autoComplete="new-password"
          capsLockMessage={messages.capsLock}
          autoFocus
          size="sm"
          key={form.key('newPassword')}
          {...form.getInputProps('newPassword')}
        />
        <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
          {messages.set}
        </Button>
      </Stack>
    </form>
  )
}
