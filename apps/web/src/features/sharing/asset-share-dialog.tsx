import type { Shareable } from '../../api/sharing.ts'
import { Modal } from '../../ui/index.ts'
import { shareMessages as messages } from './messages.ts'
import { ShareForm } from './share-form.tsx'

/** Decides who can use an asset that has no public link, and says in words what follows. */
export function AssetShareDialog(props: {
  asset: Shareable
  name: string
  opened: boolean
  onShared: () => Promise<void>
  onClose: () => void
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={messages.title(props.name)} size={520}>
      <ShareForm asset={props.asset} connectionNames={[]} onShared={props.onShared} onClose={props.onClose} />
    </Modal>
  )
}
