import { type IdentityProviderList, type IdentityProviderSummary, SIGN_IN_PROBLEMS } from '@graticule/contract'
import { IconLogin2, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { identityProvidersQuery } from '../../../api/single-sign-on.ts'
import {
  Alert,
  Button,
  CopyIconButton,
  Group,
  PageState,
  QueryView,
  Skeleton,
  Stack,
  Text,
  Title,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import { RoleMappingPanel } from '../role-mapping/role-mapping-panel.tsx'
import classes from '../settings.module.css'
import { EnforcementPanel } from './enforcement-panel.tsx'
import { messages } from './messages.ts'
import { ProviderDialog } from './provider-dialog.tsx'
import { ProviderRow } from './provider-row.tsx'

const route = getRouteApi('/signed-in/workspace/settings/single-sign-on')
const ADDRESSES = ['redirectUri', 'signedOutUri', 'backChannelLogoutUri'] as const

/** The identity providers of the organization, for those who set up single sign-on. */
export function SingleSignOnSettings() {
  return (
    <ForAdmins action="identity-provider.manage" title={messages.forbiddenTitle}>
      <SingleSignOnPage />
    </ForAdmins>
  )
}

function SingleSignOnPage() {
  const query = useQuery(identityProvidersQuery)
  const { tested, problem } = route.useSearch()
  return (
    <Stack gap="xl">
      {tested && <Alert color="green">{messages.testPassed}</Alert>}
      {problem && (
        <Alert role="alert" color="yellow" title={messages.testFailedTitle}>
          {SIGN_IN_PROBLEMS[problem]}
        </Alert>
      )}
      <QueryView
        query={query}
        queryKey={identityProvidersQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={240} />}
      >
        {(list) => (
          <>
            <Providers providers={list.providers} />
            <Addresses list={list} />
            <EnforcementPanel providers={list.providers} enforcement={list.enforcement} />
            <RoleMappingPanel />
          </>
        )}
      </QueryView>
    </Stack>
  )
}

function Providers({ providers }: { providers: readonly IdentityProviderSummary[] }) {
  // Undefined while the dialog is closed, null while a provider is added.
  const [edited, setEdited] = useState<IdentityProviderSummary | null | undefined>(undefined)
  return (
    <section>
      <Group justify="space-between" mb="sm" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>{messages.title}</Title>
          <Text c="dimmed">{messages.intro}</Text>
        </div>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited(null)} flex="none">
          {messages.add}
        </Button>
      </Group>
      {providers.length === 0 ? (
        <PageState icon={<IconLogin2 size={20} />} title={messages.emptyTitle}>
          {messages.emptyText}
        </PageState>
      ) : (
        <ul className={classes.sessions}>
          {providers.map((provider) => (
            <ProviderRow key={provider.id} provider={provider} onEdit={() => setEdited(provider)} />
          ))}
        </ul>
      )}
      <ProviderDialog opened={edited !== undefined} provider={edited ?? null} onClose={() => setEdited(undefined)} />
    </section>
  )
}

function Addresses({ list }: { list: IdentityProviderList }) {
  const { assertionConsumerUri, entityId, metadataUri } = list.saml
  return (
    <section>
      <Title order={2} mb="sm">
        {messages.addressesTitle}
      </Title>
      <Stack gap="md">
        <Stack gap={4}>
          <Text fw={500}>{messages.protocols.oidc}</Text>
          <dl className={classes.facts}>
            {ADDRESSES.map((name) => (
              <Address key={name} label={messages.addresses[name]} value={list[name]} />
            ))}
          </dl>
        </Stack>
        <Stack gap={4}>
          <Text fw={500}>{messages.protocols.saml}</Text>
          <dl className={classes.facts}>
            <Address label={messages.samlAddresses.entityId} value={entityId} />
            <Address label={messages.samlAddresses.assertionConsumerUri} value={assertionConsumerUri} />
          </dl>
          <Group gap="sm" mt={4}>
            <Button component="a" href={new URL(metadataUri).pathname} download variant="default" size="xs">
              {messages.downloadMetadata}
            </Button>
            <Text c="dimmed" size="xs">
              {messages.samlNote}
            </Text>
          </Group>
        </Stack>
      </Stack>
    </section>
  )
}

function Address({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>
        <Group gap={4} wrap="nowrap">
          <Text ff="monospace" size="xs">
            {value}
          </Text>
          <CopyIconButton value={value} label={messages.copy(label)} />
        </Group>
      </dd>
    </div>
  )
}
