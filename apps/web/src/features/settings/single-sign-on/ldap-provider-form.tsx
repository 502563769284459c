import { type DEFAULT_ROLES, DIRECTORY_SECURITY, type IdentityProviderSummary } from '@graticule/contract'
import { createIdentityProvider, updateIdentityProvider } from '../../../api/single-sign-on.ts'
import { CodeArea, isNotEmpty, PasswordInput, Select, TextInput, useForm } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { ProviderForm } from './provider-form.tsx'
import { useProviderChange } from './use-provider-change.ts'

const { directory: words } = messages

/** Adds a directory that speaks LDAP, or edits the given one. */
export function LdapProviderForm(props: {
  provider: Extract<IdentityProviderSummary, { kind: 'ldap' }> | null
  /** What is chosen for a new provider until somebody chooses otherwise. */
  newcomerRole: (typeof DEFAULT_ROLES)[number]
  onClose: () => void
}) {
  const { provider, newcomerRole, onClose } = props
  const form = useForm({
    initialValues: {
      name: provider?.name ?? '',
      url: provider?.url ?? '',
      security: provider?.security ?? 'ldaps',
      certificateAuthority: provider?.certificateAuthority ?? '',
      bindDn: provider?.bindDn ?? '',
      bindPassword: '',
      baseDn: provider?.baseDn ?? '',
      userFilter: provider?.userFilter ?? '(&(objectClass=person)(uid={login}))',
      subjectAttribute: provider?.subjectAttribute ?? 'entryUUID',
      emailAttribute: provider?.emailAttribute ?? 'mail',
      nameAttribute: provider?.nameAttribute ?? 'cn',
      groupsClaim: provider?.groupsClaim ?? (provider === null ? 'memberOf' : ''),
      groupBaseDn: provider?.groupBaseDn ?? '',
      groupFilter: provider?.groupFilter ?? '',
      domains: provider?.domains ?? [],
      defaultRole: provider?.defaultRole ?? newcomerRole,
      emailsVerified: provider?.emailsVerified ?? false,
      enabled: provider?.enabled ?? true,
    },
    validate: {
      name: isNotEmpty(messages.nameMissing),
      url: isNotEmpty(words.urlMissing),
      bindDn: isNotEmpty(words.bindDnMissing),
      bindPassword: (text) => (provider === null && text === '' ? words.bindPasswordMissing : null),
      baseDn: isNotEmpty(words.baseDnMissing),
      userFilter: isNotEmpty(words.userFilterMissing),
      subjectAttribute: isNotEmpty(words.attributeMissing),
      emailAttribute: isNotEmpty(words.attributeMissing),
      nameAttribute: isNotEmpty(words.attributeMissing),
      domains: (domains: string[]) => (domains.length === 0 ? messages.domainsMissing : null),
    },
  })
  const save = useProviderChange(
    ({ bindPassword, ...values }: typeof form.values) => {
      const settings = {
        ...values,
        certificateAuthority: values.certificateAuthority.trim() || null,
        groupsClaim: values.groupsClaim.trim() || null,
        groupBaseDn: values.groupBaseDn.trim() || null,
        groupFilter: values.groupFilter.trim() || null,
      }
      if (provider === null) return createIdentityProvider({ kind: 'ldap', ...settings, bindPassword })
      return updateIdentityProvider(provider.id, bindPassword === '' ? settings : { ...settings, bindPassword })
    },
    (saved) => messages.saved(saved.name),
    onClose,
  )
  return (
    <ProviderForm
      bind={form.getInputProps}
      hasEmailStatement
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      error={save.error}
      isSaving={save.isPending}
      onClose={onClose}
    >
      <TextInput label={words.url} description={words.urlHelp} autoComplete="off" {...form.getInputProps('url')} />
      <Select
        label={words.security}
        allowDeselect={false}
        data={DIRECTORY_SECURITY.map((value) => ({ value, label: words.securities[value] }))}
        {...form.getInputProps('security')}
      />
      {form.values.security !== 'none' && (
        <CodeArea
          label={words.certificateAuthority}
          description={words.certificateAuthorityHelp}
          {...form.getInputProps('certificateAuthority')}
        />
      )}
      <TextInput
        label={words.bindDn}
        description={words.bindDnHelp}
        autoComplete="off"
        {...form.getInputProps('bindDn')}
      />
      <PasswordInput
        label={words.bindPassword}
        description={provider === null ? undefined : words.bindPasswordKept}
        autoComplete="new-password"
        {...form.getInputProps('bindPassword')}
      />
      <TextInput label={words.baseDn} autoComplete="off" {...form.getInputProps('baseDn')} />
      <TextInput
        label={words.userFilter}
        description={words.userFilterHelp}
        autoComplete="off"
        {...form.getInputProps('userFilter')}
      />
      <TextInput
        label={words.subjectAttribute}
        description={words.subjectAttributeHelp}
        autoComplete="off"
        {...form.getInputProps('subjectAttribute')}
      />
      <TextInput label={words.emailAttribute} autoComplete="off" {...form.getInputProps('emailAttribute')} />
      <TextInput label={words.nameAttribute} autoComplete="off" {...form.getInputProps('nameAttribute')} />
      <TextInput
        label={messages.groupsAttribute}
        description={words.groupsHelp}
        autoComplete="off"
        {...form.getInputProps('groupsClaim')}
      />
      <TextInput
        label={words.groupFilter}
        description={words.groupFilterHelp}
        autoComplete="off"
        {...form.getInputProps('groupFilter')}
      />
      <TextInput label={words.groupBaseDn} autoComplete="off" {...form.getInputProps('groupBaseDn')} />
    </ProviderForm>
  )
}
