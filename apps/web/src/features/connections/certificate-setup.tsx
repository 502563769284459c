import { useQuery } from '@tanstack/react-query'
import { certificateSetupQuery } from '../../api/connections.ts'
import { CodeBlock, ErrorState, Skeleton, Stack, Text } from '../../ui/index.ts'
import { certificateSetupMessages as messages } from './messages.ts'

const LINES = ['sql', 'settings', 'hba', 'ident'] as const

/** The lines that the administrator of a database adds, so that people are let in by certificate. */
export function CertificateSetup({ connectionId }: { connectionId: string }) {
  const { data, error, refetch } = useQuery(certificateSetupQuery(connectionId))
  if (data === undefined) {
    return error ? (
      <ErrorState isPart error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={180} aria-label={messages.awaiting} />
    )
  }
  const part = (name: keyof typeof messages.parts, code: string) => (
    <Stack key={name} gap={4}>
      <Text size="xs" fw={500}>
        {messages.parts[name]}
      </Text>
      <CodeBlock code={code} label={messages.parts[name]} copyLabel={messages.copy} />
    </Stack>
  )
  const [sql, ...files] = LINES.flatMap((name) => (data[name].length === 0 ? [] : [part(name, data[name].join('\n'))]))
  return (
    <section aria-label={messages.title}>
      <Stack gap="xs">
        <Text fw={500}>{messages.title}</Text>
        <Text size="sm" c="dimmed">
          {messages.about}
        </Text>
        {sql}
        {part('authority', data.authority.trim())}
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {messages.fingerprint(data.fingerprint)}
        </Text>
        {files}
        {data.unnamed.length > 0 && <Text size="sm">{messages.unnamed(data.unnamed.join(', '))}</Text>}
        <Text size="sm" c="dimmed">
          {data.ident.length === 0 ? messages.nobody : messages.more}
        </Text>
      </Stack>
    </section>
  )
}
