const PREVIEW = 'It says what would follow, and changes nothing.'
const BEGINS = 'It begins something that counts for nothing until it is finished, which leaves the event.'
const RECENT = 'It notes what the person opened last, for nobody but them; opening it takes no right and gives none.'
const STATEMENT = 'It keeps nothing; each statement that it sends to a warehouse leaves its own event.'
const NO_SUCH_SOURCES = 'This version answers that it has no such sources.'

/**
 * The routes that are no GET and change nothing that lasts, each with the reason. The list is closed: a route that does
 * not stand here must leave an event of what it changed.
 */
export const ROUTES_WITHOUT_EVENT: Readonly<Record<string, string>> = {
  // Previews
  'POST /workspace-api/role-mapping/plan': PREVIEW,
  'POST /workspace-api/settings/plan': PREVIEW,
  'POST /workspace-api/settings/test': PREVIEW,
  'POST /workspace-api/organization/plan': PREVIEW,
  'POST /workspace-api/domains/:id/removal-plan': PREVIEW,
  'POST /workspace-api/organization/network/plan': PREVIEW,
  'POST /workspace-api/organization/network/try': PREVIEW,
  'POST /workspace-api/organization/governance/plan': PREVIEW,
  'POST /workspace-api/maps/:idOrName/sharing/preview': PREVIEW,
  'POST /workspace-api/maps/:id/publication-check': PREVIEW,
  'POST /v3/connections/:idOrName/sharing/preview': PREVIEW,
  'POST /workspace-api/workflows/:idOrName/sharing/preview': PREVIEW,
  'POST /workspace-api/applications/:idOrName/sharing/preview': PREVIEW,
  'POST /v3/projects/:idOrName/sharing/preview': PREVIEW,
  'POST /v3/projects/move/preview': PREVIEW,
  'POST /v3/accounts/resources/transfer/preview': PREVIEW,
  'POST /workspace-api/batch/share/preview': PREVIEW,
  'POST /workspace-api/trash/:kind/:id/restore/preview': PREVIEW,

  // The first of two steps
  'POST /auth/organization-creation': BEGINS,
  'POST /auth/second-step/totp': BEGINS,
  'POST /auth/second-step/passkey-options': BEGINS,
  'POST /auth/second-step/passkeys/options': BEGINS,
  'POST /auth/sign-in/passkey/options': BEGINS,
  'POST /auth/totp': BEGINS,
  'POST /auth/passkeys/options': BEGINS,
  'POST /auth/passkeys/proof-options': BEGINS,
  'POST /workspace-api/identity-providers/:id/test': BEGINS,

  // Look-ups by POST
  'POST /auth/invitation/read': 'It tells what an invitation offers; its link must not stand in an address.',
  'POST /v3/maps/public/:id': 'It answers the map as GET does.',
  'POST /v3/connections/test': STATEMENT,
  'POST /v3/connections/:idOrName/grants': STATEMENT,
  'POST /v3/connections/:idOrName/posture': 'What is found to be different leaves `connection.posture-changed`.',
  'POST /workspace-api/connections/:name/advice': STATEMENT,
  'POST /workspace-api/connections/:name/describe': STATEMENT,
  'POST /v3/maps/:connection/table': STATEMENT,
  'POST /v3/maps/:connection/query': STATEMENT,
  'POST /v3/maps/:connection/tilejson/:handle': STATEMENT,
  'POST /v3/maps/:connection/tileset': NO_SUCH_SOURCES,
  'POST /v3/maps/:connection/raster': NO_SUCH_SOURCES,
  'POST /v3/maps/:connection/boundary': NO_SUCH_SOURCES,
  'POST /v3/sql/:connection/query':
    'What it changes, it changes in a warehouse; each statement that it sends there leaves its own event.',
  'POST /v3/sql/:connection/model/:model': STATEMENT,
  'POST /v3/stats/*': STATEMENT,

  // What people opened last
  'POST /workspace-api/maps/:id/opened': RECENT,
  'POST /workspace-api/workflows/:id/opened': RECENT,
  'POST /workspace-api/applications/:id/opening': RECENT,
}

/** A test that proves the event of a route with a server of another kind, which takes part in it. */
export interface OtherProof {
  /** Within the repository. */
  readonly file: string
  readonly test: string
}

/** The routes whose change takes an identity provider or a directory to come about. */
export const PROVED_WITH_OTHERS: Readonly<Record<string, OtherProof>> = {
  'POST /auth/oidc/back-channel-logout': {
    file: 'apps/server/src/features/identity-providers/single-sign-on.db.test.ts',
    test: 'there ends the session here, and those of nobody else',
  },
  'POST /auth/saml/acs': {
    file: 'apps/server/src/features/auth/methods/saml/saml.db.test.ts',
    test: 'lets in, the first time as a new viewer who is known by issuer and persistent NameID',
  },
  'POST /auth/ldap/:id': {
    file: 'apps/server/src/features/auth/methods/ldap/ldap.db.test.ts',
    test: 'somebody signs in with their name and password of the directory, as themself and in its groups',
  },
  'POST /workspace-api/identity-providers': {
    file: 'apps/server/src/features/auth/methods/oidc/oidc.db.test.ts',
    test: 'is for admins, and never answers, stores or logs the secret in clear',
  },
  'POST /workspace-api/identity-providers/:id/test/directory': {
    file: 'apps/server/src/features/auth/methods/ldap/ldap.db.test.ts',
    test: 'an admin tries the directory, after which it can be enforced, and a password of ours is not enough',
  },
}
