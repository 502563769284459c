import type {
  PersonBatch,
  PersonList,
  PersonListQuery,
  PersonSummary,
  Role,
  RoleBatchBody,
  UserDeletionBatchBody,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const PEOPLE = '/workspace-api/users'

/** One page of the people of the organization. */
export function peopleQuery(query: PersonListQuery) {
  return queryOptions({
    queryKey: ['people', query],
    queryFn: ({ signal }) => sendRequest<PersonList>(PEOPLE, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

export interface RoleChange {
  readonly id: string
  readonly role: Role
  /** Who gets what the person owns when they lose the right to own. */
  readonly receiverId?: string
}

/** Gives a person another role. */
export function changeRole({ id, ...body }: RoleChange): Promise<PersonSummary> {
  return sendRequest(apiPath(PEOPLE, id), { method: 'PATCH', body })
}

/** Deletes a person for good; the receiver gets what they own. */
export function deletePerson({ id, receiverId }: { id: string; receiverId: string }): Promise<void> {
  return sendRequest(apiPath(PEOPLE, id), { method: 'DELETE', query: { receiverId } })
}

/** Gives many people the same role, each for itself. */
export function changeRoles(body: RoleBatchBody): Promise<PersonBatch> {
  return sendRequest(`${PEOPLE}/batch/role`, { method: 'POST', body })
}

/** Deletes many people for good, each for itself. */
export function deletePeople(body: UserDeletionBatchBody): Promise<PersonBatch> {
  return sendRequest(`${PEOPLE}/batch/delete`, { method: 'POST', body })
}
