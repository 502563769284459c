import type { SessionInfo } from '@graticule/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { sessionQuery } from '../../api/session.ts'

/** What follows a successful sign-in: forget what an earlier person saw, then go where this one wanted to be. */
export function useCompleteSignIn(target: string | undefined): (session: SessionInfo) => void {
  const queryClient = useQueryClient()
  const router = useRouter()
  return useCallback(
    (session) => {
      queryClient.clear()
      queryClient.setQueryData(sessionQuery.queryKey, session)
      router.history.replace(target ?? '/')
    },
    [queryClient, router, target],
  )
}
