import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changePassword } from '../../api/passwords.ts'
import { sessionsQuery } from '../../api/session.ts'
import {
  Button,
  checkNewPassword,
  FormError,
  Group,
  notifications,
  PasswordField,
  Stack,
  Title,
  useForm,
} from '../../ui/index.ts'
import { messages } from './messages.ts'
import classes from './settings.module.css'

/** Changing one's password, which ends one's other sessions. */
export function PasswordSection() {
  const queryClient = useQueryClient()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value ? null : messages.currentPasswordMissing),
      newPassword: checkNewPassword,
    },
  })
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      form.reset()
      notifications.show({ message: messages.passwordChanged })
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    },
  })
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.passwordTitle}
      </Title>
      <form className={classes.panel} noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack gap="md" maw={360}>
          <PasswordField
            label={messages.currentPassword}
            autoComplete="current-password"
            capsLockMessage={messages.capsLock}
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordField
            label={messages.newPassword}
            description={messages.newPasswordHelp}
            autoComplete="new-password"
            capsLockMessage={messages.capsLock}
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <FormError error={change.error} title={messages.passwordNotChanged} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {messages.changePassword}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  )
}
