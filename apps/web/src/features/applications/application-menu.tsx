import type { ApplicationSummary } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { deleteApplication } from '../../api/applications.ts'
import { useDisclosure } from '../../ui/index.ts'
import { useShortcutOffer } from '../projects/use-shortcut-offer.tsx'
import { AssetMenu } from '../sharing/asset-menu.tsx'
import { ApplicationDialog } from './application-dialog.tsx'
import { messages } from './messages.ts'

/** What can be done with one application. */
export function ApplicationMenu({ application }: { application: ApplicationSummary }) {
  const queryClient = useQueryClient()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['applications'] })
  const [isEditing, editing] = useDisclosure(false)
  const { id, name, permissions, updatedAt } = application
  const shortcut = useShortcutOffer({ kind: 'application', assetId: id, name, placeId: null })
  return (
    <>
      <AssetMenu
        kind="application"
        id={id}
        name={name}
        permissions={permissions}
        words={messages}
        onEdit={editing.open}
        onShared={refresh}
        remove={() => deleteApplication(id)}
        onRemoved={refresh}
      >
        {shortcut.item}
      </AssetMenu>
      {shortcut.dialog}
      <ApplicationDialog key={updatedAt} application={application} opened={isEditing} onClose={editing.close} />
    </>
  )
}
