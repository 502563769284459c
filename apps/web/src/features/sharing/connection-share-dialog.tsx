import type { ConnectionSummary } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { connectionsQuery } from '../../api/connections.ts'
import { Modal } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'
import { ShareForm } from './share-form.tsx'

/** Decides who can use a connection, and says in words what follows. */
export function ConnectionShareDialog(props: { connection: ConnectionSummary; opened: boolean; onClose: () => void }) {
  const { connection, onClose } = props
  const queryClient = useQueryClient()
  return (
    <Modal opened={props.opened} onClose={onClose} title={messages.title(connection.name)} size={520}>
      <ShareForm
        asset={{ kind: 'connection', id: connection.id }}
        connectionNames={[]}
        onShared={() => queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey })}
        onClose={onClose}
      />
    </Modal>
  )
}
