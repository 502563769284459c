import type { MyCredentials } from '@graticule/contract'
import { IconAlertTriangle, IconCircleCheck, IconShieldX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { addMyCredentials, myCredentialsQuery, readAnew, removeMyCredentials } from '../../api/my-credentials.ts'
import {
  Alert,
  Button,
  ErrorState,
  FormError,
  Group,
  Modal,
  notifications,
  RelativeTime,
  Skeleton,
  SlowNotice,
  Stack,
  Text,
} from '../../ui/index.ts'
import { credentialErrors, toLogin } from './credential-form-values.ts'
import { LoginFields } from './login-fields.tsx'
import { messages } from './messages.ts'

interface CredentialDialogProps {
  /** The name or id of the connection that asks for a login. */
  readonly connection: string
  readonly opened: boolean
  /** Whether a login can be taken back here. */
  readonly canRemove: boolean
  /** Called after a login was added or removed, and all that it concerns is asked for again. */
  readonly onChanged?: (() => void) | undefined
  readonly onClose: () => void
}

/** One's own database login for a connection: how it stands, and the way to add, replace and remove it. */
export function CredentialDialog(props: CredentialDialogProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={messages.title(props.connection)}
      size={460}
      // Whoever has typed a password does not lose it to a slip.
      closeOnClickOutside={false}
    >
      <CredentialState {...props} />
    </Modal>
  )
}

function CredentialState(props: CredentialDialogProps) {
  const query = useQuery(myCredentialsQuery(props.connection))
  if (query.data !== undefined) return <CredentialForm {...props} mine={query.data} />
  if (query.isError) return <ErrorState isPart error={query.error} onRetry={() => void query.refetch()} />
  return (
    <>
      <SlowNotice isWaiting awaiting={messages.awaiting} />
      <Skeleton height={230} aria-label={messages.awaiting} />
    </>
  )
}

function CredentialForm({
  canRemove,
  connection,
  mine,
  onChanged,
  onClose,
}: CredentialDialogProps & { mine: MyCredentials }) {
  const queryClient = useQueryClient()
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [isRemoving, setIsRemoving] = useState(false)
  const add = useMutation({
    mutationFn: () => addMyCredentials(connection, toLogin(mine.fields, values)),
    onSuccess: async ({ connectionName, loginName }) => {
      onClose()
      await readAnew(queryClient)
      onChanged?.()
      notifications.show({ message: messages.added(loginName ?? '', connectionName) })
    },
  })
  if (mine.viewerAuthentication === 'certificate' && mine.credentialPolicy === 'viewer') {
    return <Text>{messages.certified(mine.connectionName, mine.loginName)}</Text>
  }
  if (mine.viewerAuthentication === 'token' && mine.credentialPolicy === 'viewer') {
    return <Text>{messages.tokened(mine.connectionName, mine.loginName)}</Text>
  }
  if (!mine.needed) return <Text>{messages.notAsked(mine.connectionName)}</Text>
  if (isRemoving) {
    return <RemoveCredentials mine={mine} onChanged={onChanged} onClose={onClose} onKeep={() => setIsRemoving(false)} />
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = credentialErrors(mine.fields, values)
    setErrors(found)
    if (Object.keys(found).length === 0) add.mutate()
  }
  const edit = (name: string, value: string) => {
    add.reset()
    setErrors({})
    setValues({ ...values, [name]: value })
  }
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <Standing mine={mine} />
        <Text size="sm">{messages.about(mine.connectionName)}</Text>
        <LoginFields
          fields={mine.fields}
          values={values}
          errors={errors}
          disabled={add.isPending}
          isFirst
          onEdit={edit}
        />
        <Text size="xs" c="dimmed">
          {messages.kept}
        </Text>
        <SlowNotice isWaiting={add.isPending} awaiting={messages.trying} />
        <FormError error={add.error} title={messages.failed} />
        <Group justify="flex-end" gap="xs">
          {canRemove && mine.state !== 'none' && (
            <Button
              variant="subtle"
              color="red"
              px={8}
              ml={-8}
              mr="auto"
              disabled={add.isPending}
              onClick={() => setIsRemoving(true)}
            >
              {messages.remove}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {mine.state === 'none' ? messages.add : messages.replace}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Says what ends with the login before it is taken back. */
function RemoveCredentials(props: {
  mine: MyCredentials
  onChanged: (() => void) | undefined
  onClose: () => void
  onKeep: () => void
}) {
  const { connectionId, connectionName } = props.mine
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => removeMyCredentials(connectionId),
    onSuccess: async () => {
      props.onClose()
      await readAnew(queryClient)
      props.onChanged?.()
      notifications.show({ message: messages.removed(connectionName) })
    },
  })
  return (
    <Stack gap="md">
      <Text fw={600}>{messages.removeOf(connectionName)}</Text>
      <Text size="sm">{messages.removeText}</Text>
      <FormError error={remove.error} title={messages.removeFailed} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={props.onKeep}>
          {messages.keep}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {messages.remove}
        </Button>
      </Group>
    </Stack>
  )
}

/** How one stands with the login that was given before. */
function Standing({ mine }: { mine: MyCredentials }) {
  const login = mine.loginName ?? ''
  switch (mine.state) {
    case 'none':
      return null
    case 'valid':
      return (
        <Alert color="accent" icon={<IconCircleCheck size={16} />} title={messages.valid(login)}>
          {mine.givenAt !== null && (
            <>
              {messages.since} <RelativeTime at={mine.givenAt} />.{' '}
            </>
          )}
          {messages.validText}
        </Alert>
      )
    case 'rejected':
      return (
        <Alert color="red" icon={<IconShieldX size={16} />} title={messages.rejected(login)}>
          {messages.rejectedText}
        </Alert>
      )
    case 'revoked':
      return (
        <Alert color="yellow" icon={<IconAlertTriangle size={16} />} title={messages.revoked(login)}>
          {messages.revokedText}
        </Alert>
      )
  }
}
