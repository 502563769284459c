import { DEFAULT_ROLES } from '@graticule/contract'
import type { FormEvent, ReactNode } from 'react'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { DialogForm, Select, Switch, TagsInput, TextInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** The form of a provider of any protocol: its name, what the protocol asks for, whom it admits, and whether it is on. */
export function ProviderForm(props: {
  /** `form.getInputProps` of the protocol's form. */
  bind: (
    field: 'name' | 'domains' | 'defaultRole' | 'emailsVerified' | 'enabled',
    options?: { type: 'checkbox' },
  ) => object
  /** Whether it is for an admin to say that its e-mails are verified, because the protocol does not. */
  hasEmailStatement?: boolean
  onSubmit: (event?: FormEvent<HTMLFormElement>) => void
  error: Error | null
  isSaving: boolean
  onClose: () => void
  children: ReactNode
}) {
  const { bind } = props
  return (
    <DialogForm
      onSubmit={props.onSubmit}
      error={props.error}
      errorTitle={messages.saveFailed}
      submit={messages.save}
      cancel={messages.cancel}
      isPending={props.isSaving}
      onClose={props.onClose}
    >
      <TextInput
        label={messages.name}
        description={messages.nameHelp}
        maxLength={60}
        data-autofocus
        {...bind('name')}
      />
      {props.children}
      <TagsInput
        label={messages.domains}
        description={messages.domainsHelp}
        acceptValueOnBlur
        splitChars={[',', ' ', ';']}
        {...bind('domains')}
      />
      <Select
        label={messages.defaultRole}
        allowDeselect={false}
        data={DEFAULT_ROLES.map((role) => ({ value: role, label: shellMessages.roles[role] }))}
        {...bind('defaultRole')}
      />
      {props.hasEmailStatement && (
        <Switch
          label={messages.emailsVerified}
          description={messages.emailsVerifiedHelp}
          {...bind('emailsVerified', { type: 'checkbox' })}
        />
      )}
      <Switch label={messages.enabled} {...bind('enabled', { type: 'checkbox' })} />
    </DialogForm>
  )
}
