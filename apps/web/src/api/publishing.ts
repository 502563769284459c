import type {
  PublicationCheck,
  PublicationWish,
  PublishingLoginBody,
  PublishingLoginList,
  PublishingLoginUpdateBody,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const loginsPath = (connection: string) => `${apiPath('/v3/connections', connection)}/publishing-logins`

/** The logins that public maps can read a connection with. */
export const publishingLoginsQuery = (connection: string) =>
  queryOptions({
    queryKey: ['publishing-logins', connection],
    queryFn: ({ signal }) => sendRequest<PublishingLoginList>(loginsPath(connection), { signal }),
  })

/** Stores a login once the warehouse let it in and its check found nothing red, or there is a reason. */
export function addPublishingLogin(connection: string, body: PublishingLoginBody): Promise<PublishingLoginList> {
  return sendRequest(loginsPath(connection), { method: 'POST', body })
}

/** Renames a login, or puts another in its place. */
export function changePublishingLogin(
  connection: string,
  id: string,
  body: PublishingLoginUpdateBody,
): Promise<PublishingLoginList> {
  return sendRequest(apiPath(loginsPath(connection), id), { method: 'PATCH', body })
}

/** Removes a login; public maps that read with it show nothing of the connection any more. */
export function removePublishingLogin(connection: string, id: string): Promise<void> {
  return sendRequest(apiPath(loginsPath(connection), id), { method: 'DELETE' })
}

/** What the public would see of a map, read with these logins. */
export const publicationCheckQuery = (mapId: string, logins: NonNullable<PublicationWish['logins']>) =>
  queryOptions({
    queryKey: ['publication-check', mapId, logins],
    queryFn: ({ signal }) =>
      sendRequest<PublicationCheck>(`${apiPath('/workspace-api/maps', mapId)}/publication-check`, {
        method: 'POST',
        body: { logins },
        signal,
      }),
    placeholderData: keepPreviousData,
    // It is about this moment: what was counted before the dialog was opened again is not shown.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
