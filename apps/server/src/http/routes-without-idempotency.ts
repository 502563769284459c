/**
 * The routes of people and tokens that take a POST and do not heed `Idempotency-Key`, each with the reason. All others
 * do. What visitors may call has nobody to remember a key for, and directories have their own rules (SCIM).
 */
export const ROUTES_WITHOUT_IDEMPOTENCY: Readonly<Record<string, string>> = {
  'POST /v3/maps/:connection/table': 'It reads, and may be sent again at will.',
  'POST /v3/maps/:connection/query': 'It reads, and may be sent again at will.',
  'POST /v3/maps/:connection/tilejson/:handle': 'It reads, and may be sent again at will.',
  'POST /v3/sql/:connection/query':
    'Its answer holds rows of a warehouse, which are kept nowhere; start a job instead.',
  'POST /v3/sql/:connection/model/:model': 'It reads, and its answer holds values of a warehouse.',
  'POST /v3/stats/*': 'It reads, and its answer holds values of a warehouse.',
  'POST /workspace-api/maps/:id/publication-check': 'It reads, and its answer counts rows of a warehouse.',
  'POST /workspace-api/connections/:name/describe': 'It reads, and its answer comes out of a warehouse.',
  'POST /workspace-api/connections/:name/advice': 'It reads, and its answer may quote values of a warehouse.',
  'POST /workspace-api/identity-providers/:id/test': 'The cookie that it sets is good for one browser and one login.',
}
