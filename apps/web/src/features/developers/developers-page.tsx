import { IconBook2, IconKey, IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { connectionsQuery } from '../../api/connections.ts'
import { type CreatedToken, tokensQuery } from '../../api/tokens.ts'
import { ForbiddenPage } from '../../shell/forbidden-page.tsx'
import { Page } from '../../shell/page.tsx'
import { useRoleReaches, useSession } from '../../shell/use-session.ts'
import {
  Button,
  Code,
  CopyIconButton,
  ErrorState,
  Group,
  PageState,
  QueryView,
  Skeleton,
  Stack,
  Text,
  Title,
  useDisclosure,
} from '../../ui/index.ts'
import { ApiMatrixTable } from './api-matrix-table.tsx'
import { CreatedTokenDialog } from './created-token-dialog.tsx'
import { messages } from './messages.ts'
import { NamedSourcesSection } from './named-sources-section.tsx'
import { NewTokenDialog } from './new-token-dialog.tsx'
import { OAuthClientsSection } from './oauth-clients-section.tsx'
import { TokenTable } from './token-table.tsx'
import { useTokenChoices } from './use-token-choices.ts'

/** Everything a programmer needs: the base URL, the reference, and the tokens. */
export function DevelopersPage() {
  return useRoleReaches('token.create') ? <Developers /> : <ForbiddenPage title={messages.title} />
}

function Developers() {
  const { apiBaseUrl } = useSession()
  const [isCreating, creating] = useDisclosure(false)
  const [created, setCreated] = useState<CreatedToken | null>(null)
  const query = useQuery(tokensQuery)
  const connections = useQuery(connectionsQuery)
  const choices = useTokenChoices()
  const hasConnections = (connections.data?.length ?? 0) > 0
  const newButton = (
    <Button leftSection={<IconPlus size={16} />} onClick={creating.open} disabled={!hasConnections}>
      {messages.newToken}
    </Button>
  )
  return (
    <Page title={messages.title} actions={(query.data?.length ?? 0) > 0 && newButton}>
      <Stack gap="lg">
        <Group justify="space-between" align="flex-start" gap="md">
          <div>
            <Text c="dimmed" maw={640}>
              {messages.intro}
            </Text>
            <Group gap={4} mt={8}>
              <Text fw={500}>{messages.apiBaseUrl}</Text>
              <Code fz={12}>{apiBaseUrl}</Code>
              <CopyIconButton value={apiBaseUrl} label={messages.copyBaseUrl} />
            </Group>
          </div>
          <Button component="a" href="/docs" variant="default" leftSection={<IconBook2 size={16} stroke={1.6} />}>
            {messages.docs}
          </Button>
        </Group>
        <section aria-label={messages.tokensTitle}>
          <Title order={2} size="h4" mb="xs">
            {messages.tokensTitle}
          </Title>
          <QueryView
            query={query}
            queryKey={tokensQuery.queryKey}
            awaiting={messages.awaitingList}
            skeleton={<Skeleton height={140} />}
          >
            {(tokens) => {
              if (tokens.length > 0) return <TokenTable tokens={tokens} />
              if (connections.isError) {
                return <ErrorState error={connections.error} onRetry={() => void connections.refetch()} />
              }
              if (connections.isSuccess && !hasConnections) return <NoConnection />
              return (
                <PageState icon={<IconKey size={20} />} title={messages.emptyTitle} actions={newButton}>
                  {messages.emptyText}
                </PageState>
              )
            }}
          </QueryView>
        </section>
        <NamedSourcesSection connections={connections.data ?? []} />
        <OAuthClientsSection />
        <section aria-label={messages.matrixTitle}>
          <Title order={2} size="h4" mb="xs">
            {messages.matrixTitle}
          </Title>
          <ApiMatrixTable />
        </section>
      </Stack>
      <NewTokenDialog
        opened={isCreating}
        connections={connections.data ?? []}
        choices={choices}
        onClose={creating.close}
        onCreated={(token) => {
          creating.close()
          setCreated(token)
        }}
      />
      <CreatedTokenDialog token={created} onClose={() => setCreated(null)} />
    </Page>
  )
}

function NoConnection() {
  return (
    <PageState
      icon={<IconPlugConnected size={20} />}
      title={messages.noConnectionTitle}
      actions={
        <Button renderRoot={(button) => <Link to="/connections" {...button} />}>{messages.toConnections}</Button>
      }
    >
      {messages.noConnectionText}
    </PageState>
  )
}
