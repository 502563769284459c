import type { SignInAnswer } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { secondStepQuery } from '../../api/second-factors.ts'
import { sessionQuery } from '../../api/session.ts'

/**
 * What follows a successful sign-in: forget what an earlier person saw, then go where this one wanted to be, or to the
 * second step that is still due.
 */
export function useCompleteSignIn(target: string | undefined): (answer: SignInAnswer) => void {
  const queryClient = useQueryClient()
  const router = useRouter()
  return useCallback(
    (answer) => {
      queryClient.clear()
      if ('secondStep' in answer) {
        queryClient.setQueryData(secondStepQuery.queryKey, answer)
        void router.navigate({ to: '/second-step', search: { target }, replace: true })
        return
      }
      queryClient.setQueryData(sessionQuery.queryKey, answer)
      router.history.replace(target ?? '/')
    },
    [queryClient, router, target],
  )
}
