import { Group, Input, Pill, Text } from '../../ui/index.ts'
import { messages } from './messages.ts'

/** The earlier names that a connection still answers to, each of which can be taken off. */
export function ConnectionAliases(props: {
  /** As they are stored. */
  stored: readonly string[]
  kept: readonly string[]
  onChange: (kept: string[]) => void
}) {
  const { stored, kept, onChange } = props
  if (stored.length === 0) return null
  const removed = stored.filter((alias) => !kept.includes(alias))
  return (
    <Input.Wrapper label={messages.aliases} description={messages.aliasesHelp}>
      <Group gap={6} mt={6} role="list">
        {kept.map((alias) => (
          <Pill
            key={alias}
            role="listitem"
            withRemoveButton
            removeButtonProps={{ 'aria-label': messages.removeAlias(alias), 'aria-hidden': false, tabIndex: 0 }}
            onRemove={() => onChange(kept.filter((other) => other !== alias))}
          >
            {alias}
          </Pill>
        ))}
      </Group>
      {removed.length > 0 && (
        <Text size="xs" c="dimmed" mt={6} aria-live="polite">
          {messages.aliasesRemoved(removed)}
        </Text>
      )}
    </Input.Wrapper>
  )
}
