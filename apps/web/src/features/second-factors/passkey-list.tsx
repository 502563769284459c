import type { PasskeySummary } from '@graticule/contract'
import { IconDots } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addPasskey, removePasskey, renamePasskey } from '../../api/passkeys.ts'
import { secondFactorsQuery } from '../../api/second-factors.ts'
import {
  ActionIcon,
  Button,
  FormError,
  Group,
  isNotEmpty,
  Menu,
  Modal,
  notifications,
  PasswordField,
  RelativeTime,
  Stack,
  Text,
  TextInput,
  useForm,
} from '../../ui/index.ts'
import { FreshProofDialog } from './fresh-proof-dialog.tsx'
import { messages } from './messages.ts'
import { RecoveryCodeList } from './recovery-code-list.tsx'
import classes from './second-factors.module.css'

type Dialog = { readonly kind: 'add' } | { readonly kind: 'rename' | 'remove'; readonly passkey: PasskeySummary }

/** One's own passkeys: each with its name and last use, to rename and to remove. */
export function PasskeyList({ passkeys }: { passkeys: readonly PasskeySummary[] }) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const queryClient = useQueryClient()
  const close = () => {
    setDialog(null)
    void queryClient.invalidateQueries({ queryKey: secondFactorsQuery.queryKey })
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text size="xs" c="dimmed">
          {messages.passkeysHelp}
        </Text>
        <Button variant="default" flex="none" onClick={() => setDialog({ kind: 'add' })}>
          {messages.addPasskey}
        </Button>
      </Group>
      {passkeys.length === 0 ? (
        messages.noPasskeys
      ) : (
        <ul className={classes.passkeys} aria-label={messages.passkeys}>
          {passkeys.map((passkey) => (
            <li key={passkey.id} className={classes.passkey}>
              <div>
                {passkey.name}
                <Text size="xs" c="dimmed">
                  {messages.added} <RelativeTime at={passkey.addedAt} />
                  {' · '}
                  {passkey.lastUsedAt === null ? (
                    messages.neverUsed
                  ) : (
                    <>
                      {messages.lastUsed} <RelativeTime at={passkey.lastUsedAt} />
                    </>
                  )}
                </Text>
              </div>
              <PasskeyMenu passkey={passkey} onChoose={setDialog} />
            </li>
          ))}
        </ul>
      )}
      {dialog?.kind === 'add' && <AddDialog onClose={close} />}
      {dialog?.kind === 'rename' && <RenameDialog passkey={dialog.passkey} onClose={close} />}
      {dialog?.kind === 'remove' && <RemoveDialog passkey={dialog.passkey} onClose={close} />}
    </Stack>
  )
}

function PasskeyMenu({ passkey, onChoose }: { passkey: PasskeySummary; onChoose: (dialog: Dialog) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={passkey.name}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          aria-label={messages.renamePasskey(passkey.name)}
          onClick={() => onChoose({ kind: 'rename', passkey })}
        >
          {messages.rename}
        </Menu.Item>
        <Menu.Item
          color="red"
          aria-label={messages.removePasskey(passkey.name)}
          onClick={() => onChoose({ kind: 'remove', passkey })}
        >
          {messages.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', password: '' },
    validate: {
      name: isNotEmpty(messages.passkeyNameMissing),
      password: (password) => (password ? null : messages.passwordMissing),
    },
  })
  const add = useMutation({
    mutationFn: addPasskey,
    onSuccess: ({ recoveryCodes }) => {
      notifications.show({ message: messages.passkeyAdded })
      if (recoveryCodes === null) onClose()
    },
  })
  const codes = add.data?.recoveryCodes ?? null
  return (
    <Modal
      opened
      onClose={onClose}
      title={codes === null ? messages.addPasskeyTitle : messages.codesTitle}
      size={440}
      closeOnClickOutside={false}
    >
      {codes !== null ? (
        <RecoveryCodeList codes={codes} onKept={onClose} />
      ) : (
        <form
          noValidate
          onSubmit={form.onSubmit(({ name, password }) => add.mutate({ name, proof: { kind: 'password', password } }))}
        >
          <Stack gap="md">
            <TextInput
              label={messages.passkeyName}
              description={messages.passkeyNameHelp}
              maxLength={60}
              data-autofocus
              key={form.key('name')}
              {...form.getInputProps('name')}
            />
            <PasswordField
              label={messages.password}
              description={messages.passwordHelp}
              autoComplete="current-password"
              capsLockMessage={messages.capsLock}
              key={form.key('password')}
              {...form.getInputProps('password')}
            />
            <FormError error={add.error} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {messages.cancel}
              </Button>
              <Button type="submit" loading={add.isPending}>
                {messages.proceed}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

interface DialogProps {
  readonly passkey: PasskeySummary
  readonly onClose: () => void
}

function RenameDialog({ passkey, onClose }: DialogProps) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: passkey.name },
    validate: { name: isNotEmpty(messages.passkeyNameMissing) },
  })
  const rename = useMutation({ mutationFn: renamePasskey, onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={messages.renameTitle} size={440}>
      <form noValidate onSubmit={form.onSubmit(({ name }) => rename.mutate({ id: passkey.id, name }))}>
        <Stack gap="md">
          <TextInput
            label={messages.passkeyName}
            maxLength={60}
            data-autofocus
            key={form.key('name')}
            {...form.getInputProps('name')}
          />
          <FormError error={rename.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {messages.cancel}
            </Button>
            <Button type="submit" loading={rename.isPending}>
              {messages.rename}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function RemoveDialog({ passkey, onClose }: DialogProps) {
  const remove = useMutation({
    mutationFn: removePasskey,
    onSuccess: () => {
      notifications.show({ message: messages.passkeyRemoved })
      onClose()
    },
  })
  return (
    <FreshProofDialog
      opened
      isDanger
      title={messages.removePasskey(passkey.name)}
      submitLabel={messages.remove}
      error={remove.error}
      isPending={remove.isPending}
      onProve={(proof) => remove.mutate({ id: passkey.id, proof })}
      onClose={onClose}
    />
  )
}
