import type {
  RoleMappingBody,
  RoleMappingSaveBody,
  RoleMappingSettings,
  RolePlan,
  ScimSettings,
  ScimSettingsBody,
  ScimTokenCreated,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const ROLE_MAPPING = '/workspace-api/role-mapping'
const SCIM = '/workspace-api/scim'

/** Which roles follow from which groups, and who is the asset custodian. */
export const roleMappingQuery = queryOptions({
  queryKey: ['role-mapping'],
  queryFn: ({ signal }) => sendRequest<RoleMappingSettings>(ROLE_MAPPING, { signal }),
})

/** Who would gain or lose which role; changes nothing. */
export function planRoleMapping(body: RoleMappingBody): Promise<RolePlan> {
  return sendRequest(`${ROLE_MAPPING}/plan`, { method: 'POST', body })
}

export function saveRoleMapping(body: RoleMappingSaveBody): Promise<RoleMappingSettings> {
  return sendRequest(ROLE_MAPPING, { method: 'PUT', body })
}

/** The address for directories, their tokens, and what became of their requests. */
export const scimQuery = queryOptions({
  queryKey: ['scim'],
  queryFn: ({ signal }) => sendRequest<ScimSettings>(SCIM, { signal }),
})

export function changeScim(settings: ScimSettingsBody): Promise<ScimSettings> {
  return sendRequest(SCIM, { method: 'PUT', body: settings })
}

/** Makes a token, in the place of another if one is named; the answer tells it this once. */
export function createScimToken(replacedId: string | undefined): Promise<ScimTokenCreated> {
  return sendRequest(`${SCIM}/tokens`, { method: 'POST', body: { replacedId } })
}

export function revokeScimToken(id: string): Promise<void> {
  return sendRequest(apiPath(`${SCIM}/tokens`, id), { method: 'DELETE' })
}
