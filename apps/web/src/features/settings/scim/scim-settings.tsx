import type { ScimSettings as Settings } from '@graticule/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { changeScim, scimQuery } from '../../../api/directories.ts'
import { identityProvidersQuery } from '../../../api/single-sign-on.ts'
import {
  CopyIconButton,
  Group,
  notifications,
  QueryView,
  RelativeTime,
  Select,
  Skeleton,
  Stack,
  Switch,
  Table,
  Text,
  Title,
} from '../../../ui/index.ts'
import { ForAdmins } from '../for-admins.tsx'
import classes from '../settings.module.css'
import { messages } from './messages.ts'
import { ScimTokens } from './scim-tokens.tsx'
import { showFailure } from './show-failure.ts'

/** How a directory reaches the organization, and what became of its requests. */
export function ScimSettings() {
  return (
    <ForAdmins action="scim.manage" title={messages.forbiddenTitle}>
      <ScimPage />
    </ForAdmins>
  )
}

function ScimPage() {
  const query = useQuery(scimQuery)
  return (
    <Stack gap="xl">
      <div>
        <Title order={2}>{messages.title}</Title>
        <Text c="dimmed">{messages.intro}</Text>
      </div>
      <QueryView
        query={query}
        queryKey={scimQuery.queryKey}
        awaiting={messages.awaiting}
        skeleton={<Skeleton height={320} />}
      >
        {(settings) => (
          <>
            <Facts settings={settings} />
            <ScimTokens tokens={settings.tokens} />
            <DirectoryForm settings={settings} />
            <Refusals refusals={settings.refusals} />
          </>
        )}
      </QueryView>
    </Stack>
  )
}

function Facts({ settings }: { settings: Settings }) {
  const { baseUrl, counts, custodian, lastSyncAt } = settings
  return (
    <dl className={classes.facts}>
      <Fact name={messages.baseUrl}>
        <Group gap={4} wrap="nowrap">
          <Text ff="monospace" size="xs">
            {baseUrl}
          </Text>
          <CopyIconButton value={baseUrl} label={messages.copyBaseUrl} />
        </Group>
      </Fact>
      <Fact name={messages.people}>{messages.peopleCount(counts.active, counts.inactive)}</Fact>
      <Fact name={messages.groups}>{counts.groups}</Fact>
      <Fact name={messages.lastSync}>{lastSyncAt === null ? messages.never : <RelativeTime at={lastSyncAt} />}</Fact>
      <Fact name={messages.custodian}>
        {custodian === null ? messages.noCustodian : `${custodian.name} · ${custodian.email}`}
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function DirectoryForm({ settings }: { settings: Settings }) {
  const { emailsVerified, providerId } = settings
  const queryClient = useQueryClient()
  const { data } = useQuery(identityProvidersQuery)
  const save = useMutation({
    mutationFn: changeScim,
    onSuccess: (saved) => {
      queryClient.setQueryData(scimQuery.queryKey, saved)
      notifications.show({ message: messages.saved })
    },
    onError: showFailure,
  })
  return (
    <Stack gap="md" maw={640}>
      <Select
        label={messages.provider}
        description={messages.providerHelp}
        allowDeselect={false}
        disabled={save.isPending}
        data={[
          { value: '', label: messages.noProvider },
          ...(data?.providers ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={providerId ?? ''}
        onChange={(id) => save.mutate({ providerId: id || null })}
      />
      <Switch
        label={messages.emailsVerified}
        description={messages.emailsVerifiedHelp}
        disabled={save.isPending}
        checked={emailsVerified}
        onChange={(event) => save.mutate({ providerId, emailsVerified: event.currentTarget.checked })}
      />
    </Stack>
  )
}

function Refusals({ refusals }: Pick<Settings, 'refusals'>) {
  const { refusalColumns: columns } = messages
  return (
    <section>
      <Title order={2}>{messages.refusalsTitle}</Title>
      <Text c="dimmed" mb="sm">
        {refusals.length === 0 ? messages.noRefusals : messages.refusalsText}
      </Text>
      {refusals.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={messages.refusalsTitle} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{columns.at}</Table.Th>
                <Table.Th>{columns.request}</Table.Th>
                <Table.Th>{columns.detail}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {refusals.map(({ at, request, status, detail }) => (
                <Table.Tr key={`${at} ${request} ${detail}`}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <RelativeTime at={at} />
                  </Table.Td>
                  <Table.Td ff="monospace" fz="xs">
                    {request}
                  </Table.Td>
                  <Table.Td>
                    {status} · {detail}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
