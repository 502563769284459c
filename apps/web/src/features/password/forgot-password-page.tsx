import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { requestPasswordLink } from '../../api/passwords.ts'
import { Alert, Anchor, Button, Entrance, FormError, isEmail, Stack, Text, TextInput, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks for a mail with a link to a new password; says the same whether or not anybody has the e-mail. */
export function ForgotPasswordPage() {
  const request = useMutation({ mutationFn: requestPasswordLink })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '' },
    validate: { email: (value) => isEmail(messages.emailInvalid)(value.trim()) },
  })
  return (
    <Entrance title={messages.forgotTitle}>
      <Stack gap="md">
        {request.isSuccess ? (
          <Alert role="status" color="accent" title={messages.requestedTitle}>
            {messages.requestedText(request.variables)}
          </Alert>
        ) : (
          <form noValidate onSubmit={form.onSubmit(({ email }) => request.mutate(email.trim()))}>
            <Stack gap="md">
              <Text c="dimmed">{messages.forgotText}</Text>
              <FormError error={request.error} />
              <TextInput
                label={messages.email}
                type="email"
                autoComplete="username"
                autoFocus
                size="sm"
                key={form.key('email')}
                {...form.getInputProps('email')}
              />
              <Button type="submit" size="sm" loading={request.isPending} fullWidth>
                {messages.request}
              </Button>
            </Stack>
          </form>
        )}
        <Anchor size="sm" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {messages.toSignIn}
        </Anchor>
      </Stack>
    </Entrance>
  )
}
