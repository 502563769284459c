import type { ConnectionDependents, ConnectionSummary } from '@graticule/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { connectionsQuery, deleteConnection } from '../../api/connections.ts'
import { Button, FormError, Group, Modal, Select, Stack, Text } from '../../ui/index.ts'
import { DependentList } from './affected-assets.tsx'
import { messages } from './messages.ts'

/** What keeps a connection from being deleted, and the way out: another connection that takes its place. */
export function ConnectionInUse(props: {
  connection: ConnectionSummary
  /** The server's refusal. */
  error: ApiError
  onDeleted: (targetName: string) => Promise<void>
  onClose: () => void
}) {
  const { connection, onClose } = props
  const candidates = (useQuery(connectionsQuery).data ?? []).filter((other) => takesPlace(other, connection))
  const [targetId, setTargetId] = useState<string | null>(null)
  const target = candidates.find(({ id }) => id === targetId)
  const replace = useMutation({
    mutationFn: (id: string) => deleteConnection(connection.id, id),
    onSuccess: async () => {
      await props.onDeleted(target?.name ?? '')
      onClose()
    },
  })
  // What was refused last is what stands in the way now.
  const refusal = replace.error instanceof ApiError && replace.error.code === 'conflict' ? replace.error : props.error
  return (
    <Modal opened onClose={onClose} title={messages.deleteBlockedTitle(connection.name)}>
      <Stack gap="sm">
        <Text>{refusal.message}</Text>
        <DependentList {...readDependents(refusal)} />
        {candidates.length > 0 ? (
          <Select
            label={messages.target}
            description={messages.targetHelp}
            placeholder={messages.targetPlaceholder}
            searchable={candidates.length > 8}
            data={candidates.map(({ id, name }) => ({ value: id, label: name }))}
            value={targetId}
            onChange={setTargetId}
          />
        ) : (
          <Text size="sm">{messages.noTarget}</Text>
        )}
        <FormError error={replace.error} title={messages.actionFailed} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {candidates.length > 0 ? messages.cancel : messages.close}
          </Button>
          {candidates.length > 0 && (
            <Button
              color="red"
              disabled={target === undefined}
              loading={replace.isPending}
              onClick={() => target && replace.mutate(target.id)}
            >
              {messages.replaceAndDelete}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

/** Whether the server would let one connection take the place of another. */
function takesPlace(other: ConnectionSummary, connection: ConnectionSummary): boolean {
  return (
    other.id !== connection.id &&
    !other.embedded &&
    other.providerId === connection.providerId &&
    other.owner.id === connection.owner.id
  )
}

function readDependents({ details }: ApiError): ConnectionDependents {
  const { dependents, hiddenCount } = (details ?? {}) as Partial<ConnectionDependents>
  return { dependents: dependents ?? [], hiddenCount: hiddenCount ?? 0 }
}
