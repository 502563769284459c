import type { DEFAULT_ROLES, IdentityProviderSummary, IdentityProviderUpdateBody } from '@graticule/contract'
import { createIdentityProvider, updateIdentityProvider } from '../../../api/single-sign-on.ts'
import { CodeArea, isNotEmpty, SegmentedControl, TextInput, useForm } from '../../../ui/index.ts'
import { messages } from './messages.ts'
import { ProviderForm } from './provider-form.tsx'
import { useProviderChange } from './use-provider-change.ts'

/** Where the settings of a SAML provider come from. */
const SOURCES = ['metadataUrl', 'metadata', 'byHand'] as const
type Source = (typeof SOURCES)[number]

/** Adds an identity provider that speaks SAML, or edits the given one. */
export function SamlProviderForm(props: {
  provider: Extract<IdentityProviderSummary, { kind: 'saml' }> | null
  /** What is chosen for a new provider until somebody chooses otherwise. */
  newcomerRole: (typeof DEFAULT_ROLES)[number]
  onClose: () => void
}) {
  const { provider, newcomerRole, onClose } = props
  const form = useForm({
    initialValues: {
      name: provider?.name ?? '',
      source: (provider === null ? 'metadataUrl' : 'byHand') as Source,
      metadataUrl: '',
      metadata: '',
      issuer: provider?.issuer ?? '',
      signInUrl: provider?.signInUrl ?? '',
      certificates: provider?.certificates.map(({ pem }) => pem.trim()).join('\n') ?? '',
      subjectAttribute: provider?.subjectAttribute ?? '',
      emailAttribute: provider?.emailAttribute ?? '',
      groupsClaim: provider?.groupsClaim ?? '',
      domains: provider?.domains ?? [],
      defaultRole: provider?.defaultRole ?? newcomerRole,
      emailsVerified: provider?.emailsVerified ?? false,
      enabled: provider?.enabled ?? true,
    },
    validate: {
      name: isNotEmpty(messages.nameMissing),
      metadataUrl: (text, { source }) =>
        source === 'metadataUrl' && !text.trim() ? messages.metadataUrlMissing : null,
      metadata: (text, { source }) => (source === 'metadata' && !text.trim() ? messages.metadataMissing : null),
      issuer: (text, { source }) => (source === 'byHand' && !text.trim() ? messages.entityIdMissing : null),
      signInUrl: (text, { source }) => (source === 'byHand' && !text.trim() ? messages.signInUrlMissing : null),
      certificates: (text, { source }) => (source === 'byHand' && !text.trim() ? messages.certificatesMissing : null),
      domains: (domains: string[]) => (domains.length === 0 ? messages.domainsMissing : null),
    },
  })
  const save = useProviderChange(
    (values: typeof form.values) => {
      const { defaultRole, domains, emailsVerified, enabled, name } = values
      const settings = {
        ...sourceOf(values),
        name,
        domains,
        defaultRole,
        emailsVerified,
        enabled,
        subjectAttribute: values.subjectAttribute.trim() || null,
        emailAttribute: values.emailAttribute.trim() || null,
        groupsClaim: values.groupsClaim.trim() || null,
      }
      return provider === null
        ? createIdentityProvider({ kind: 'saml', ...settings })
        : updateIdentityProvider(provider.id, settings)
    },
    (saved) => messages.saved(saved.name),
    onClose,
  )
  const { source } = form.values
  return (
    <ProviderForm
      bind={form.getInputProps}
      hasEmailStatement
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      error={save.error}
      isSaving={save.isPending}
      onClose={onClose}
    >
      <SegmentedControl
        fullWidth
        aria-label={messages.source}
        data={SOURCES.map((value) => ({ value, label: messages.sources[value] }))}
        {...form.getInputProps('source')}
      />
      {source === 'metadataUrl' && (
        <TextInput
          label={messages.metadataUrl}
          description={messages.metadataUrlHelp}
          type="url"
          {...form.getInputProps('metadataUrl')}
        />
      )}
      {source === 'metadata' && (
        <CodeArea
          label={messages.metadata}
          description={messages.metadataHelp}
          minRows={5}
          maxRows={10}
          {...form.getInputProps('metadata')}
        />
      )}
      {source === 'byHand' && (
        <>
          <TextInput label={messages.entityId} autoComplete="off" {...form.getInputProps('issuer')} />
          <TextInput
            label={messages.signInUrl}
            description={messages.signInUrlHelp}
            type="url"
            {...form.getInputProps('signInUrl')}
          />
          <CodeArea
            label={messages.certificates}
            description={messages.certificatesHelp}
            minRows={4}
            {...form.getInputProps('certificates')}
          />
        </>
      )}
      <TextInput
        label={messages.subjectAttribute}
        description={messages.subjectAttributeHelp}
        autoComplete="off"
        {...form.getInputProps('subjectAttribute')}
      />
      <TextInput
        label={messages.emailAttribute}
        description={messages.emailAttributeHelp}
        autoComplete="off"
        {...form.getInputProps('emailAttribute')}
      />
      <TextInput
        label={messages.groupsAttribute}
        description={messages.groupsClaimHelp}
        autoComplete="off"
        {...form.getInputProps('groupsClaim')}
      />
    </ProviderForm>
  )
}

/** What the chosen source says; the server takes one of the three. */
function sourceOf(values: {
  source: Source
  metadataUrl: string
  metadata: string
  issuer: string
  signInUrl: string
  certificates: string
}): Pick<IdentityProviderUpdateBody, 'metadata' | 'metadataUrl' | 'issuer' | 'signInUrl' | 'certificates'> {
  const { certificates, issuer, metadata, metadataUrl, signInUrl, source } = values
  if (source === 'metadataUrl') return { metadataUrl }
  if (source === 'metadata') return { metadata }
  return { issuer, signInUrl, certificates: splitCertificates(certificates) }
}

/** One text for each certificate of a box that may hold several, as PEM or as base64 alone. */
function splitCertificates(text: string): string[] {
  return text
    .split(/-----END CERTIFICATE-----/)
    .map((part) => part.replace('-----BEGIN CERTIFICATE-----', '').trim())
    .filter((part) => part !== '')
}
