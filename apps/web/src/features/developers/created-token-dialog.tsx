import { useQuery } from '@tanstack/react-query'
import { schemasQuery, tablesQuery } from '../../api/catalog.ts'
import { mapsQuery } from '../../api/maps.ts'
import type { CreatedToken } from '../../api/tokens.ts'
import { useSession } from '../../shell/use-session.ts'
import { Button, CodeBlock, CopyTextButton, Group, Modal, Stack, Tabs, Text, TextInput } from '../../ui/index.ts'
import { codeSamples } from './code-samples.ts'
import { messages } from './messages.ts'

/** Shows a new token's text, this once, with code that uses it. */
export function CreatedTokenDialog({ token, onClose }: { token: CreatedToken | null; onClose: () => void }) {
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={messages.createdTitle}
      size={640}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {token && <TokenText token={token} onClose={onClose} />}
    </Modal>
  )
}

function TokenText({ token, onClose }: { token: CreatedToken; onClose: () => void }) {
  const { apiBaseUrl } = useSession()
  const exampleTable = useExampleTable(token.grants[0]?.connection_name ?? '')
  const publicMaps = useQuery(mapsQuery({ privacy: 'public', pageSize: 1 }))
  const samples = codeSamples({
    apiBaseUrl,
    token: token.token,
    grants: token.grants,
    allowedApis: token.allowed_apis,
    exampleTable,
    publicMapId: publicMaps.data?.maps[0]?.id,
  })
  return (
    <Stack gap="md">
      <Text>{messages.createdText}</Text>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          label={messages.tokenLabel}
          readOnly
          flex={1}
          value={token.token}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyTextButton value={token.token} label={messages.copyToken} variant="filled" />
      </Group>
      <section aria-label={messages.sampleTitle}>
        <Tabs defaultValue={samples[0]?.id}>
          <Tabs.List mb="xs">
            {samples.map(({ id }) => (
              <Tabs.Tab key={id} value={id}>
                {messages.samples[id]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {samples.map(({ id, code }) => (
            <Tabs.Panel key={id} value={id}>
              <CodeBlock code={code} label={messages.samples[id]} copyLabel={messages.copyCode} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </section>
      <Group justify="flex-end">
        <Button onClick={onClose}>{messages.done}</Button>
      </Group>
    </Stack>
  )
}

/** A table with geometry on the connection, for the sample of a token that may read everything. */
function useExampleTable(connectionName: string): string {
  const schemas = useQuery({ ...schemasQuery(connectionName), enabled: connectionName !== '' })
  const schema = schemas.data?.find(({ tableCount }) => tableCount > 0)?.name ?? ''
  const tables = useQuery({ ...tablesQuery(connectionName, schema), enabled: schema !== '' })
  const table = tables.data?.find(({ geometryColumn }) => geometryColumn === 'geom') ?? tables.data?.[0]
  return table ? `${table.schema}.${table.name}` : 'schema.table'
}
