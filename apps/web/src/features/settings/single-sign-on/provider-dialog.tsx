import { DEFAULT_ROLES, type IdentityProviderSummary } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationQuery } from '../../../api/organization.ts'
import { createIdentityProvider, updateIdentityProvider } from '../../../api/single-sign-on.ts'
import {
  isNotEmpty,
  Modal,
  PasswordInput,
  SegmentedControl,
  Stack,
  TagsInput,
  TextInput,
  useForm,
} from '../../../ui/index.ts'
import { LdapProviderForm } from './ldap-provider-form.tsx'
import { messages } from './messages.ts'
import { ProviderForm } from './provider-form.tsx'
import { SamlProviderForm } from './saml-provider-form.tsx'
import { useProviderChange } from './use-provider-change.ts'

const PROTOCOLS = ['oidc', 'saml', 'ldap'] as const

/** Adds an identity provider, or edits the given one. */
export function ProviderDialog(props: {
  opened: boolean
  provider: IdentityProviderSummary | null
  onClose: () => void
}) {
  const { opened, provider, onClose } = props
  // Asked for with the page, and so there before anybody types into the form.
  const newcomerRole = useQuery(organizationQuery).data?.defaultRole ?? DEFAULT_ROLES[0]
  const title = provider === null ? messages.addTitle : messages.editTitle(provider.name)
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={520} closeOnClickOutside={false}>
      <ProviderForms key={newcomerRole} provider={provider} newcomerRole={newcomerRole} onClose={onClose} />
    </Modal>
  )
}

/** The form of the provider's protocol, which is chosen for a new one and stays from then on. */
function ProviderForms(props: {
  provider: IdentityProviderSummary | null
  newcomerRole: (typeof DEFAULT_ROLES)[number]
  onClose: () => void
}) {
  const { provider, ...rest } = props
  const [chosen, setChosen] = useState<IdentityProviderSummary['kind']>('oidc')
  if (provider?.kind === 'saml') return <SamlProviderForm provider={provider} {...rest} />
  if (provider?.kind === 'oidc') return <OidcProviderForm provider={provider} {...rest} />
  if (provider?.kind === 'ldap') return <LdapProviderForm provider={provider} {...rest} />
  const Form = { oidc: OidcProviderForm, saml: SamlProviderForm, ldap: LdapProviderForm }[chosen]
  return (
    <Stack gap="md">
      <SegmentedControl
        fullWidth
        aria-label={messages.protocol}
        data={PROTOCOLS.map((value) => ({ value, label: messages.protocols[value] }))}
        value={chosen}
        onChange={setChosen}
      />
      <Form provider={null} {...rest} />
    </Stack>
  )
}

/** A host and a port. */
function isTokenPlace(text: string): boolean {
  return /^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$/.test(text)
}

function OidcProviderForm(props: {
  provider: Extract<IdentityProviderSummary, { kind: 'oidc' }> | null
  /** What is chosen for a new provider until somebody chooses otherwise. */
  newcomerRole: (typeof DEFAULT_ROLES)[number]
  onClose: () => void
}) {
  const { provider, newcomerRole, onClose } = props
  const form = useForm({
    initialValues: {
      name: provider?.name ?? '',
      issuer: provider?.issuer ?? '',
      clientId: provider?.clientId ?? '',
      clientSecret: '',
      domains: provider?.domains ?? [],
      defaultRole: provider?.defaultRole ?? newcomerRole,
      groupsClaim: provider?.groupsClaim ?? '',
      tokenPlaces: provider?.tokenPlaces ?? [],
      enabled: provider?.enabled ?? true,
    },
    validate: {
      name: isNotEmpty(messages.nameMissing),
      issuer: isNotEmpty(messages.issuerMissing),
      clientId: isNotEmpty(messages.clientIdMissing),
      domains: (domains: string[]) => (domains.length === 0 ? messages.domainsMissing : null),
      tokenPlaces: (places: string[]) => (places.every(isTokenPlace) ? null : messages.tokenPlaceInvalid),
    },
  })
  const save = useProviderChange(
    ({ clientSecret, groupsClaim, ...rest }: typeof form.values) => {
      const settings = { ...rest, groupsClaim: groupsClaim.trim() || null }
      const body = clientSecret === '' ? settings : { ...settings, clientSecret }
      return provider === null
        ? createIdentityProvider({ kind: 'oidc', ...body })
        : updateIdentityProvider(provider.id, body)
    },
    (saved) => messages.saved(saved.name),
    onClose,
  )
  return (
    <ProviderForm
      bind={form.getInputProps}
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      error={save.error}
      isSaving={save.isPending}
      onClose={onClose}
    >
      <TextInput
        label={messages.issuer}
        description={messages.issuerHelp}
        type="url"
        {...form.getInputProps('issuer')}
      />
      <TextInput label={messages.clientId} autoComplete="off" {...form.getInputProps('clientId')} />
      <PasswordInput
        label={messages.clientSecret}
        description={provider?.hasClientSecret ? messages.clientSecretKept : messages.clientSecretHelp}
        autoComplete="new-password"
        {...form.getInputProps('clientSecret')}
      />
      <TextInput
        label={messages.groupsClaim}
        description={messages.groupsClaimHelp}
        maxLength={200}
        autoComplete="off"
        {...form.getInputProps('groupsClaim')}
      />
      <TagsInput
        label={messages.tokenPlaces}
        description={messages.tokenPlacesHelp}
        placeholder={form.values.tokenPlaces.length === 0 ? messages.tokenPlacesExample : undefined}
        acceptValueOnBlur
        splitChars={[',', ' ', ';']}
        {...form.getInputProps('tokenPlaces')}
      />
    </ProviderForm>
  )
}
