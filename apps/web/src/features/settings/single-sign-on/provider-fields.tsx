import { DEFAULT_ROLES } from '@graticule/contract'
import { messages as shellMessages } from '../../../shell/messages.ts'
import { Button, FormError, Group, Select, Switch, TagsInput } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** What binds a field of the form: `form.getInputProps` of either protocol's. */
type Bind = (field: 'domains' | 'defaultRole' | 'enabled', options?: { type: 'checkbox' }) => object

/** Whom a provider admits, and as what. */
export function AudienceFields({ bind }: { bind: Bind }) {
  return (
    <>
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
    </>
  )
}

/** The end of the form: whether the provider is on, what went wrong, and the two ways out. */
export function ProviderFormEnd(props: { bind: Bind; error: Error | null; isSaving: boolean; onClose: () => void }) {
  const { bind, error, isSaving, onClose } = props
  return (
    <>
      <Switch label={messages.enabled} {...bind('enabled', { type: 'checkbox' })} />
      <FormError error={error} title={messages.saveFailed} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {messages.cancel}
        </Button>
        <Button type="submit" loading={isSaving}>
          {messages.save}
        </Button>
      </Group>
    </>
  )
}
