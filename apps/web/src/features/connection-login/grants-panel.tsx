import { type ConnectionGrants, GRANT_PURPOSES, type GrantDifference, type GrantPurpose } from '@graticule/contract'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { grantsQuery, postureQuery } from '../../api/postures.ts'
import {
  Alert,
  Code,
  CodeBlock,
  Group,
  List,
  MultiSelect,
  QueryView,
  Select,
  Skeleton,
  Stack,
  Text,
  Title,
} from '../../ui/index.ts'
import { messages } from './messages.ts'

/** The script of the login's rights for a purpose, and how the login differs from it. Nothing for the embedded warehouse. */
export function GrantsPanel({ connection }: { connection: string }) {
  const posture = useQuery(postureQuery(connection))
  const [purpose, setPurpose] = useState<GrantPurpose>('view-maps')
  const [schemas, setSchemas] = useState<string[]>([])
  const isAsked = posture.data !== undefined && posture.data.state !== 'embedded'
  const options = grantsQuery(connection, purpose, schemas)
  const query = useQuery({ ...options, enabled: isAsked })
  if (!isAsked) return null
  return (
    <section aria-label={messages.grantsTitle}>
      <Title order={2} size="h4" mb={4}>
        {messages.grantsTitle}
      </Title>
      <Text c="dimmed" mb="sm">
        {messages.grantsIntro}
      </Text>
      <QueryView
        query={query}
        queryKey={options.queryKey}
        awaiting={messages.awaitingGrants}
        skeleton={<Skeleton height={200} />}
      >
        {(grants) => (
          <Stack gap="sm">
            <Group align="flex-start" gap="sm" grow preventGrowOverflow={false}>
              <Select
                label={messages.purpose}
                allowDeselect={false}
                miw={180}
                data={GRANT_PURPOSES.map((value) => ({ value, label: messages.purposes[value] }))}
                value={purpose}
                onChange={(value) => value && setPurpose(value as GrantPurpose)}
              />
              <MultiSelect
                label={messages.schemas}
                placeholder={schemas.length === 0 ? messages.schemasPlaceholder : ''}
                miw={240}
                searchable
                data={grants.availableSchemas}
                value={schemas}
                onChange={setSchemas}
              />
            </Group>
            <Differences grants={grants} hasSchemas={schemas.length > 0} />
            <Text fw={500}>{messages.grantScript}</Text>
            <CodeBlock code={grants.script} label={messages.grantScript} copyLabel={messages.copyScript} />
            <Egress egress={grants.egress} />
          </Stack>
        )}
      </QueryView>
    </section>
  )
}

function Differences({ grants, hasSchemas }: { grants: ConnectionGrants; hasSchemas: boolean }) {
  const { missing, excess } = grants
  return (
    <>
      {!hasSchemas && <Text size="sm">{messages.chooseSchemas}</Text>}
      {hasSchemas && missing.length === 0 && excess.length === 0 && (
        <Alert color="green" icon={<IconCheck size={16} />} role="status" py={8}>
          {messages.exact}
        </Alert>
      )}
      {missing.length > 0 && <Difference title={messages.missing(missing.length)} differences={missing} />}
      {excess.length > 0 && <Difference title={messages.excess(excess.length)} differences={excess} />}
    </>
  )
}

function Difference({ title, differences }: { title: string; differences: readonly GrantDifference[] }) {
  return (
    <Stack gap={6}>
      <Text fw={500}>{title}</Text>
      <List size="sm" spacing={2}>
        {differences.slice(0, 10).map(({ sentence }) => (
          <List.Item key={sentence} style={{ overflowWrap: 'anywhere' }}>
            {sentence}
          </List.Item>
        ))}
      </List>
      <CodeBlock
        code={differences.map(({ remedy }) => remedy).join('\n')}
        label={messages.remedyOf(title)}
        copyLabel={messages.copyRemedy}
      />
    </Stack>
  )
}

function Egress({ egress }: Pick<ConnectionGrants, 'egress'>) {
  return (
    <div>
      <Text fw={500}>{messages.egressTitle}</Text>
      {egress.length === 0 ? (
        <Text size="sm">{messages.egressNone}</Text>
      ) : (
        <>
          <Text size="sm">{messages.egressText}</Text>
          <List size="sm">
            {egress.map(({ host, port, protocol, purpose }) => (
              <List.Item key={`${host}:${port}`}>
                <Code>
                  {host}:{port}/{protocol}
                </Code>{' '}
                {purpose}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </div>
  )
}
