import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { ApiError } from '../api/api-error.ts'
import { sessionQuery, signOut } from '../api/session.ts'
import { notifications } from '../ui/index.ts'
import { messages } from './messages.ts'

/** Ends the session and forgets everything that was read under it. */
export function useSignOut(): () => void {
  const queryClient = useQueryClient()
  const router = useRouter()
  const { mutate } = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await router.navigate({ to: '/sign-in' })
      queryClient.clear()
      queryClient.setQueryData(sessionQuery.queryKey, null)
    },
    onError: (error) => {
      notifications.show({
        color: 'red',
        title: messages.signOutFailed,
        message: error instanceof ApiError ? error.message : '',
      })
    },
  })
  return () => mutate()
}
