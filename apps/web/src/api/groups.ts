import type { GroupDeletion, GroupDetail, GroupList, GroupListQuery, GroupMemberList } from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const GROUPS = '/workspace-api/groups'

/** One page of the groups of the organization. */
export function groupsQuery(query: GroupListQuery) {
  return queryOptions({
    queryKey: ['groups', 'list', query],
    queryFn: ({ signal }) => sendRequest<GroupList>(GROUPS, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** One group, with what is shared with it. */
export function groupQuery(id: string) {
  return queryOptions({
    queryKey: ['groups', 'detail', id],
    queryFn: ({ signal }) => sendRequest<GroupDetail>(apiPath(GROUPS, id), { signal }),
  })
}

/** The first people in a group, by name. */
export function groupMembersQuery(id: string, search: string) {
  return queryOptions({
    queryKey: ['groups', 'members', id, search],
    queryFn: ({ signal }) =>
      sendRequest<GroupMemberList>(`${apiPath(GROUPS, id)}/members`, { query: { search, pageSize: 100 }, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Makes a group. */
export function createGroup(name: string): Promise<GroupDetail> {
  return sendRequest(GROUPS, { method: 'POST', body: { name } })
}

/** Gives a group another name. */
export function renameGroup({ id, name }: { id: string; name: string }): Promise<GroupDetail> {
  return sendRequest(apiPath(GROUPS, id), { method: 'PATCH', body: { name } })
}

/** Deletes a group and unshares what is shared with it. */
export function deleteGroup(id: string): Promise<GroupDeletion> {
  return sendRequest(apiPath(GROUPS, id), { method: 'DELETE', query: { unshare: true } })
}

/** Puts somebody in a group. */
export function addGroupMember({ id, userId }: { id: string; userId: string }): Promise<GroupDetail> {
  return sendRequest(`${apiPath(GROUPS, id)}/members`, { method: 'POST', body: { userIds: [userId] } })
}

/** Takes somebody out of a group. */
export function removeGroupMember({ id, userId }: { id: string; userId: string }): Promise<void> {
  return sendRequest(`${apiPath(GROUPS, id)}/members/${encodeURIComponent(userId)}`, { method: 'DELETE' })
}
