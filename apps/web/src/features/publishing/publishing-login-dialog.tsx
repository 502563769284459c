import type { PublishingLogin, PublishingLoginList } from '@graticule/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { addPublishingLogin, changePublishingLogin, publishingLoginsQuery } from '../../api/publishing.ts'
import { DialogForm, Modal, notifications, SlowNotice, Text, Textarea, TextInput } from '../../ui/index.ts'
import { credentialErrors, toLogin } from '../viewer-credentials/credential-form-values.ts'
import { LoginFields } from '../viewer-credentials/login-fields.tsx'
import { loginMessages as messages } from './messages.ts'

interface PublishingLoginDialogProps {
  readonly connection: string
  readonly fields: PublishingLoginList['fields']
  /** The one that gets another login in its place; null for a new one. */
  readonly login: PublishingLogin | null
  readonly opened: boolean
  readonly onClose: () => void
}

/** Gives a connection a login for public maps, or another one in the place of one. */
export function PublishingLoginDialog(props: PublishingLoginDialogProps) {
  const { connection, login, onClose, opened } = props
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={login === null ? messages.addTitle(connection) : messages.replaceTitle(login.name)}
      size={460}
      closeOnClickOutside={false}
    >
      <PublishingLoginForm {...props} />
    </Modal>
  )
}

function PublishingLoginForm({ connection, fields, login, onClose }: PublishingLoginDialogProps) {
  const queryClient = useQueryClient()
  const [name, setName] = useState(login?.name ?? '')
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [reason, setReason] = useState('')
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        login: toLogin(fields, values),
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      }
      return login === null ? addPublishingLogin(connection, body) : changePublishingLogin(connection, login.id, body)
    },
    onSuccess: (list) => {
      queryClient.setQueryData(publishingLoginsQuery(connection).queryKey, list)
      onClose()
      notifications.show({ message: messages.added(name.trim()) })
    },
  })
  const needsReason = reason !== '' || isRed(save.error)
  const edit = (field: string, value: string) => {
    save.reset()
    setErrors({})
    setValues({ ...values, [field]: value })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = credentialErrors(fields, values)
    if (name.trim() === '') found.name = messages.required(messages.name)
    setErrors(found)
    if (Object.keys(found).length === 0) save.mutate()
  }
  return (
    <DialogForm
      onSubmit={submit}
      error={save.error}
      errorTitle={messages.failed}
      submit={messages.save}
      cancel={messages.cancel}
      isPending={save.isPending}
      onClose={onClose}
    >
      <TextInput
        label={messages.name}
        description={messages.nameHelp}
        required
        data-autofocus
        autoComplete="off"
        maxLength={60}
        value={name}
        error={errors.name}
        onChange={(event) => {
          setErrors({})
          setName(event.currentTarget.value)
        }}
      />
      <LoginFields fields={fields} values={values} errors={errors} onEdit={edit} />
      {needsReason && (
        <Textarea
          label={messages.reason}
          description={messages.reasonHelp}
          maxLength={1_000}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <Text size="xs" c="dimmed">
        {messages.kept}
      </Text>
      <SlowNotice isWaiting={save.isPending} awaiting={messages.trying} />
    </DialogForm>
  )
}

/** Whether the check of the login found something that takes a reason. */
function isRed(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return (error.details as { rule?: unknown } | undefined)?.rule === 'connection.posture.red'
}
