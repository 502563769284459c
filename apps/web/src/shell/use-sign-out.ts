import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { ApiError } from '../api/api-error.ts'
import { sessionQuery, signOut } from '../api/session.ts'
import { notifications } from '../ui/index.ts'
import { messages } from './messages.ts'

const SIGN_OUT_KEY = ['sign-out']

/** True while the session is being ended: nothing new should be asked under it. */
export function useIsSigningOut(): boolean {
  return useIsMutating({ mutationKey: SIGN_OUT_KEY }) > 0
}

/** Ends the session and forgets everything that was read under it. */
export function useSignOut(): () => void {
  const queryClient = useQueryClient()
  const router = useRouter()
  const { mutate } = useMutation({
    mutationKey: SIGN_OUT_KEY,
    mutationFn: async () => {
      // What is still under way would only be refused once the session has ended.
      await queryClient.cancelQueries()
      return signOut()
    },
    onSuccess: async (answer) => {
      if (answer !== undefined) {
        window.location.assign(answer.redirectTo)
        return
      }
      // Before the page of signing in is there, which leads back whoever it takes to be signed in.
      queryClient.setQueryData(sessionQuery.queryKey, null)
      await router.navigate({ to: '/sign-in' })
      queryClient.clear()
      queryClient.setQueryData(sessionQuery.queryKey, null)
    },
    onError: (error) => {
      void queryClient.invalidateQueries()
      notifications.show({
        color: 'red',
        title: messages.signOutFailed,
        message: error instanceof ApiError ? error.message : '',
      })
    },
  })
  return () => mutate()
}
