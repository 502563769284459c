import type { Customization } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { sendRequest } from './client.ts'

/** The look and the palettes of the organization that one is signed in to. */
export const customizationQuery = queryOptions({
  queryKey: ['customization'],
  queryFn: ({ signal }) => sendRequest<Customization>('/workspace-api/customization', { signal }),
  staleTime: 5 * 60_000,
})
