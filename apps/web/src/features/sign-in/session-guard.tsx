import { focusManager, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { isSamePerson, recheckSession, sessionQuery } from '../../api/session.ts'
import { useSession } from '../../shell/use-session.ts'
import { useIsSigningOut } from '../../shell/use-sign-out.ts'
import { SignInAgainDialog } from './sign-in-again-dialog.tsx'

/**
 * Keeps an open page when its session ends: the person signs in over it, and it goes on. When it is somebody else who
 * signed in, here or in another tab, nothing but leaving the page or signing in again as before is possible.
 */
export function SessionGuard() {
  const owner = useSession()
  const { data: now } = useQuery(sessionQuery)
  const isSigningOut = useIsSigningOut()
  const other = now && !isSamePerson(owner, now) ? now : null
  const isInterrupted = (now === null && !isSigningOut) || other !== null
  useRecheckOnReturn()
  useGoOn(isInterrupted, other !== null)
  return <SignInAgainDialog opened={isInterrupted} owner={owner} other={other} />
}

/** Another tab of this browser may have signed somebody in or out. */
function useRecheckOnReturn(): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    const recheck = () => {
      if (document.visibilityState === 'visible') recheckSession(queryClient)
    }
    window.addEventListener('focus', recheck)
    document.addEventListener('visibilitychange', recheck)
    return () => {
      window.removeEventListener('focus', recheck)
      document.removeEventListener('visibilitychange', recheck)
    }
  }, [queryClient])
}

/** Holds what is asked by itself while the session is gone, and afterwards asks again for what was refused. */
function useGoOn(isInterrupted: boolean, isOther: boolean): void {
  const queryClient = useQueryClient()
  const router = useRouter()
  const before = useRef<{ wasOther: boolean } | null>(null)
  useEffect(() => {
    if (isInterrupted) {
      before.current = { wasOther: isOther || before.current?.wasOther === true }
      // Neither refusals nor answers that are meant for somebody else belong on this page.
      focusManager.setFocused(false)
      return
    }
    if (before.current === null) return
    const { wasOther } = before.current
    before.current = null
    focusManager.setFocused(undefined)
    void router.invalidate()
    void queryClient.invalidateQueries({
      predicate: ({ queryKey, state }) =>
        queryKey[0] !== sessionQuery.queryKey[0] && (wasOther || state.status === 'error'),
    })
  }, [isInterrupted, isOther, queryClient, router])
  useEffect(() => () => focusManager.setFocused(undefined), [])
}
