import type { OrganizationUpdateBody } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { organizationQuery, updateOrganization } from '../../../api/organization.ts'
import { sessionQuery } from '../../../api/session.ts'
import { notifications } from '../../../ui/index.ts'
import { OrganizationPlanDialog } from '../plan/organization-plan-dialog.tsx'
import { messages } from './messages.ts'

interface Planned {
  readonly body: OrganizationUpdateBody
  readonly onSaved: () => void
}

/** Changes settings of the organization after a look at what follows; the frame around shows its new name at once. */
export function usePlannedUpdate(): {
  readonly review: (body: OrganizationUpdateBody, onSaved: () => void) => void
  readonly dialog: ReactNode
} {
  const queryClient = useQueryClient()
  const router = useRouter()
  const [planned, setPlanned] = useState<Planned | null>(null)
  const save = async ({ body, onSaved }: Planned, planVersion: string) => {
    const changed = await updateOrganization({ ...body, planVersion })
    queryClient.setQueryData(organizationQuery.queryKey, changed)
    onSaved()
    notifications.show({ message: messages.saved })
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
    await router.invalidate()
  }
  return {
    review: (body, onSaved) => setPlanned({ body, onSaved }),
    dialog: planned && (
      <OrganizationPlanDialog
        body={planned.body}
        save={(planVersion) => save(planned, planVersion)}
        onClose={() => setPlanned(null)}
      />
    ),
  }
}
