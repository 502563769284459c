import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { recheckSession, sessionQuery } from './api/session.ts'
import { createAppRouter } from './routes/router.tsx'
import { UiProvider } from './ui/index.ts'

const queryClient = createQueryClient(() => {
  if (router.state.matches.some(({ routeId }) => routeId === '/signed-in')) {
    // The page stays as it is: whoever it belongs to signs in over it.
    recheckSession(queryClient)
    return
  }
  if (router.state.location.pathname === '/sign-in') return
  queryClient.setQueryData(sessionQuery.queryKey, null)
  void router.navigate({ to: '/sign-in', search: { target: router.state.location.href, ended: true } })
})
const router = createAppRouter(queryClient)

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root".')
createRoot(root).render(
  <StrictMode>
    <UiProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </UiProvider>
  </StrictMode>,
)
