import { GROUP_SCHEMA } from './scim-group-service.ts'
import type { Resource } from './scim-patch.ts'
import { LIST_SCHEMA, MAX_PAGE_SIZE } from './scim-protocol.ts'
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from './scim-user.ts'

// What a client may read about the service before it begins (RFC 7643, sections 5 to 7).

export function serviceProviderConfig(baseUrl: string): Resource {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_PAGE_SIZE },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token that an admin makes in Settings → SCIM.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}

export function resourceTypes(baseUrl: string): Resource[] {
  const type = (id: string, endpoint: string, schema: string, schemaExtensions: object[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id,
    name: id,
    endpoint,
    schema,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${id}` },
  })
  return [
    type('User', '/Users', USER_SCHEMA, [{ schema: ENTERPRISE_SCHEMA, required: false }]),
    type('Group', '/Groups', GROUP_SCHEMA, []),
  ]
}

export function schemas(baseUrl: string): Resource[] {
  const describe = (id: string, name: string, attributes: object[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    description: name,
    attributes,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  })
  return [
    describe(USER_SCHEMA, 'User', [
      attribute('userName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true, uniqueness: 'server' }),
      complex(
        'name',
        ['formatted', 'givenName', 'familyName'].map((part) => attribute(part)),
      ),
      ...['displayName', 'nickName', 'profileUrl', 'title', 'userType'].map((name) => attribute(name)),
      ...['preferredLanguage', 'locale', 'timezone'].map((name) => attribute(name)),
      attribute('active', { type: 'boolean' }),
      complex('emails', [attribute('value'), attribute('type'), attribute('primary', { type: 'boolean' })], true),
      complex('phoneNumbers', [attribute('value'), attribute('type')], true),
      complex('addresses', [attribute('formatted'), attribute('type')], true),
      complex('groups', [attribute('value'), attribute('display')], true, 'readOnly'),
    ]),
    describe(GROUP_SCHEMA, 'Group', [
      attribute('displayName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true, uniqueness: 'server' }),
      complex('members', [attribute('value', { mutability: 'immutable' }), attribute('display')], true),
    ]),
    describe(
      ENTERPRISE_SCHEMA,
      'EnterpriseUser',
      ['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => attribute(name)),
    ),
  ]
}

/** Resources that are all on one page. */
export function wholeList(resources: readonly Resource[]): Resource {
  return {
    schemas: [LIST_SCHEMA],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

function attribute(name: string, changes: object = {}): object {
  return {
    name,
    type: 'string',
    multiValued: false,
    description: name,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...changes,
  }
}

function complex(name: string, subAttributes: object[], multiValued = false, mutability = 'readWrite'): object {
  return attribute(name, { type: 'complex', multiValued, mutability, subAttributes })
}
