import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'

/** The cache of everything read from the server. `onSignedOut` is told when an answer says that the session ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const report = (error: unknown) => {
    if (isSignedOut(error)) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: report }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => error instanceof ApiError && error.isTransient && failures < 2,
        // Pages say themselves that the network is gone; a paused query would show a skeleton for ever.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', onError: report },
    },
  })
}

/** True for our own answers and for those that the client library of maps was given. */
function isSignedOut(error: unknown): boolean {
  if (error instanceof ApiError) return error.isSignedOut
  return error instanceof Error && 'response' in error && (error.response as Response | undefined)?.status === 401
}
