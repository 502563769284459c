import { Button, Group, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { FormError } from './form-error.tsx'

/** A form in a dialog: its fields, what went wrong, and the two ways out. */
export function DialogForm(props: {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  error?: unknown
  errorTitle?: string
  submit: string
  cancel: string
  isPending?: boolean
  /** Whether something is missing without which there is nothing to send. */
  isDisabled?: boolean
  onClose: () => void
  children: ReactNode
}) {
  return (
    <form noValidate onSubmit={props.onSubmit}>
      <Stack gap="md">
        {props.children}
        <FormError error={props.error} title={props.errorTitle} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose}>
            {props.cancel}
          </Button>
          <Button type="submit" loading={props.isPending} disabled={props.isDisabled}>
            {props.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
