import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { unlockMap } from '../../api/maps.ts'
import { Anchor, Button, Entrance, FormError, PasswordField, Stack, Text, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks for the password of a public map. */
export function MapPassword(props: {
  mapId: string
  onUnlocked: (token: string) => void
  /** Where somebody lands who signs in instead; null where nobody can. */
  signInTarget: string | null
}) {
  const unlock = useMutation({
    mutationFn: (password: string) => unlockMap(props.mapId, password),
    onSuccess: ({ token }) => props.onUnlocked(token),
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (value) => (value === '' ? messages.passwordMissing : null) },
  })
  return (
    <Entrance title={messages.passwordTitle}>
      <form noValidate onSubmit={form.onSubmit(({ password }) => unlock.mutate(password))}>
        <Stack gap="md">
          <Text c="dimmed">{messages.passwordText}</Text>
          <FormError error={unlock.error} />
          <PasswordField
            label={messages.password}
            autoComplete="off"
            capsLockMessage={messages.capsLock}
            autoFocus
            size="sm"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="sm" loading={unlock.isPending} fullWidth>
            {messages.unlock}
          </Button>
          {props.signInTarget !== null && (
            <Anchor
              size="sm"
              renderRoot={(root) => <Link to="/sign-in" search={{ target: props.signInTarget ?? '/' }} {...root} />}
            >
              {messages.signInInstead}
            </Anchor>
          )}
        </Stack>
      </form>
    </Entrance>
  )
}
