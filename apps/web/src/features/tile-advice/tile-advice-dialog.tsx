import type { TileAdvice } from '@graticule/contract'
import { IconAlertTriangle, IconBolt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { CatalogSource } from '../../api/catalog.ts'
import { tileAdviceQuery } from '../../api/tile-advice.ts'
import { Alert, Button, Code, CodeBlock, Group, Modal, QueryView, Skeleton, Stack, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** Says why the layers of a source are slow, with the script that mends it. */
export function TileAdviceDialog(props: {
  opened: boolean
  label: string
  source: CatalogSource
  spatialDataColumn: string | undefined
  mapId?: string
  onClose: () => void
}) {
  const { opened, label, source, spatialDataColumn, mapId, onClose } = props
  const options = tileAdviceQuery(source, spatialDataColumn, mapId)
  const query = useQuery({ ...options, enabled: opened })
  return (
    <Modal opened={opened} onClose={onClose} size={680} title={messages.title(label)}>
      <Stack gap="sm">
        <QueryView
          query={query}
          queryKey={options.queryKey}
          awaiting={messages.awaiting}
          skeleton={<Skeleton height={120} />}
        >
          {(advice) => <Advice advice={advice} />}
        </QueryView>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            {messages.again}
          </Button>
          <Button onClick={onClose}>{messages.close}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Advice({ advice: { verdict, sentence, operator, functionName, script, scan } }: { advice: TileAdvice }) {
  const isSlow = verdict === 'slow'
  return (
    <>
      <Alert
        color={isSlow ? 'yellow' : 'green'}
        icon={isSlow ? <IconAlertTriangle size={16} /> : <IconBolt size={16} />}
        title={isSlow ? messages.slow : messages.fast}
        role="status"
        style={{ overflowWrap: 'anywhere' }}
      >
        {sentence}
      </Alert>
      <Group gap="md">
        {operator !== null && <Fact label={messages.operator} value={operator} />}
        {functionName !== null && <Fact label={messages.functionName} value={functionName} />}
        {scan !== null && <Fact label={messages.scan} value={messages.scanBy(scan.method, scan.index)} />}
      </Group>
      {script !== null && (
        <Stack gap={4}>
          <Text fw={500}>{messages.scriptTitle}</Text>
          <Text size="sm" c="dimmed">
            {messages.scriptText}
          </Text>
          <CodeBlock code={script} label={messages.scriptTitle} copyLabel={messages.copyScript} />
        </Stack>
      )}
    </>
  )
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <Text size="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
      {label}: <Code>{value}</Code>
    </Text>
  )
}
