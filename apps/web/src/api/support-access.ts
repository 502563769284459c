import type {
  SupportEnableBody,
  SupportEnabled,
  SupportGrantList,
  SupportLink,
  SupportRevokeBody,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const SUPPORT_ACCESS = '/workspace-api/support-access'

/** Every time that support access was enabled; the active grant first. */
export const supportAccessQuery = queryOptions({
  queryKey: ['support-access'],
  queryFn: async ({ signal }) => (await sendRequest<SupportGrantList>(SUPPORT_ACCESS, { signal })).grants,
})

/** Lets people in for a time. */
export function enableSupportAccess(body: SupportEnableBody): Promise<SupportEnabled> {
  return sendRequest(SUPPORT_ACCESS, { method: 'POST', body })
}

/** Gives one of them a new link. */
export function renewSupportLink({ grantId, personId }: { grantId: string; personId: string }): Promise<SupportLink> {
  return sendRequest(apiPath(SUPPORT_ACCESS, grantId, 'people', personId, 'link'), { method: 'POST' })
}

/** Ends it before its time. */
export function revokeSupportAccess({ grantId, ...body }: SupportRevokeBody & { grantId: string }): Promise<void> {
  return sendRequest(apiPath(SUPPORT_ACCESS, grantId, 'revoke'), { method: 'POST', body })
}
