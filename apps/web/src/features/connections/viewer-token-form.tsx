import type { ConnectionSummary, ViewerTokenSettings } from '@graticule/contract'
import { CodeBlock, SegmentedControl, Stack, Text, TextInput } from '../../ui/index.ts'
import { viewerTokenMessages as messages } from './messages.ts'

const KINDS = ['access', 'id'] as const

/** Which token of each person is sent to the database as their password, and as which role. */
export function ViewerTokenForm(props: {
  connection: ConnectionSummary
  value: ViewerTokenSettings
  onChange: (value: ViewerTokenSettings) => void
}) {
  const { connection, onChange, value } = props
  const database = String(connection.config.database ?? connection.name).replaceAll('"', '""')
  const line = `hostssl  "${database}"  +graticule_viewers  all  ldap  ldapurl="ldaps://tokens.example.com" ldapprefix="uid=" ldapsuffix=",ou=people"`
  return (
    <section aria-label={messages.title}>
      <Stack gap="xs">
        <Text fw={500}>{messages.title}</Text>
        <Text size="sm" c="dimmed">
          {messages.about}
        </Text>
        <SegmentedControl
          aria-label={messages.kind}
          data={KINDS.map((kind) => ({ value: kind, label: messages.kinds[kind] }))}
          value={value.kind}
          onChange={(kind) => onChange({ ...value, kind })}
        />
        <TextInput
          label={messages.userClaim}
          description={messages.userClaimHelp}
          maxLength={100}
          autoComplete="off"
          value={value.userClaim ?? ''}
          onChange={({ currentTarget }) => onChange({ ...value, userClaim: currentTarget.value.trim() || null })}
        />
        <TextInput
          label={messages.scope}
          description={messages.scopeHelp}
          maxLength={1000}
          autoComplete="off"
          value={value.scope ?? ''}
          onChange={({ currentTarget }) => onChange({ ...value, scope: currentTarget.value.trimStart() || null })}
        />
        <Stack gap={4}>
          <Text size="xs" fw={500}>
            {messages.hba}
          </Text>
          <CodeBlock code={line} label={messages.hba} copyLabel={messages.copy} />
        </Stack>
      </Stack>
    </section>
  )
}
