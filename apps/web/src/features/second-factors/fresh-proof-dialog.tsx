import type { FreshProof } from '@graticule/contract'
import type { ReactNode } from 'react'
import { Button, FormError, Group, Modal, PasswordField, Stack, useForm } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Asks for the password anew before a factor is changed; what comes after it takes the form's place. */
export function FreshProofDialog(props: {
  title: string
  opened: boolean
  isDanger?: boolean
  submitLabel: string
  error: unknown
  isPending: boolean
  onProve: (proof: FreshProof) => void
  onClose: () => void
  /** What stands there instead once the proof was right. */
  children?: ReactNode
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={440} closeOnClickOutside={false}>
      {props.children ?? <PasswordForm {...props} />}
    </Modal>
  )
}

function PasswordForm(props: Parameters<typeof FreshProofDialog>[0]) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { password: '' },
    validate: { password: (password) => (password ? null : messages.passwordMissing) },
  })
  return (
    <form noValidate onSubmit={form.onSubmit(({ password }) => props.onProve({ kind: 'password', password }))}>
      <Stack gap="md">
        <PasswordField
          label={messages.password}
          description={messages.passwordHelp}
          autoComplete="current-password"
          capsLockMessage={messages.capsLock}
          data-autofocus
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <FormError error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" color={props.isDanger ? 'red' : undefined} loading={props.isPending}>
            {props.submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
