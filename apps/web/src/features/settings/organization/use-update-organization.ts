import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { organizationQuery, updateOrganization } from '../../../api/organization.ts'
import { sessionQuery } from '../../../api/session.ts'
import { notifications } from '../../../ui/index.ts'
import { messages } from './messages.ts'

/** Changes settings of the organization; the frame around the page shows its new name at once. */
export function useUpdateOrganization() {
  const queryClient = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: updateOrganization,
    onSuccess: async (changed) => {
      queryClient.setQueryData(organizationQuery.queryKey, changed)
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      await router.invalidate()
      notifications.show({ message: messages.saved })
    },
  })
}
