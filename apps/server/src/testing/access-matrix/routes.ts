import { emptyMapDocument } from '@graticule/contract'
import { about, type Expectation, type LinesFor, line, plain } from './matrix.ts'
import { MAP_PASSWORD } from './matrix-world.ts'

// What every route of the server must do for everybody, written down by people and not derived from the policy: the
// test `access-matrix.db.test.ts` compares it with what the server does and with what it explains. A new route needs a
// line at the end of this file, in the words of Fastify: method, path, and ` · case` where one route needs several.

// Support people come by a grant with the scope admin: where they may less than admins, a line of its own says so.
// The columns:                superadmin admin editor viewer guest support token anonymous
const ANYBODY = line('         ok         ok    ok     ok     ok    ok      ok    ok')
const CREDENTIALS = line('     ok         ok    ok     ok     ok    ok      ok    401')
const PEOPLE = line('          ok         ok    ok     ok     ok    ok      403   401')
/** Not for support access, which nobody acts for. */
const PEOPLE_ALONE = line('    ok         ok    ok     ok     ok    403     403   401')
/** All but guests. */
const MEMBERS = line('         ok         ok    ok     ok     403   ok      403   401')
const EDITORS = line('         ok         ok    ok     403    403   ok      403   401')
const ADMINS = line('          ok         ok    403    403    403   ok      403   401')
/** Not for support access, whatever its scope. */
const ADMINS_ALONE = line('    ok         ok    403    403    403   403     403   401')
const EDITORS_ALONE = line('   ok         ok    ok     403    403   403     403   401')
const SUPERADMINS = line('     ok         403   403    403    403   403     403   401')
const ADMINS_FIND_NONE = line('404        404   403    403    403   404     403   401')
const ADMINS_ALONE_FIND_NONE = line('404        404   403    403    403   403     403   401')
const NOBODY_SIGNED_IN = line('404        404   404    404    404   404     403   401')
const NOBODY = line('          404        404   404    404    404   404     404   404')
const NO_CREDENTIAL = line('   404        404   404    404    404   404     404   401')
const READERS_ONLY = line('    403        403   403    403    403   403     403   401')

/** For directories with a SCIM token of their own, which none of those who ask here has. */
const DIRECTORY = plain(line(' 401        401   401    401    401   401     401   401'), {
  path: { id: 'none' },
  asks: [],
})

/** For a browser with half a sign-in, which is none of those who ask here. */
const HALF_SIGNED_IN = line('  401        401   401    401    401   401     401   401')

/** What is asked to be moved where it only matters who asks and where to. */
const NOTHING_TO_MOVE = [{ kind: 'map', id: 'none' }]

/** Something of the organization that only admins look after. */
const MANAGED = { here: ADMINS, abroad: ADMINS_FIND_NONE }
const MANAGED_ALONE = { here: ADMINS_ALONE, abroad: ADMINS_ALONE_FIND_NONE }

// A viewer owns nothing and a guest is given maps by name alone; a row that says otherwise is decided as below.
const OPEN_MAP: LinesFor<'map'> = {
  own: line('    ok         ok    ok     ok     404   ok      403   401'),
  shared: line(' ok         ok    ok     ok     404   ok      403   401'),
  named: PEOPLE,
  grouped: PEOPLE,
  public: PEOPLE,
  locked: line(' ok         404   404    404    404   404     403   401'),
  unlisted: line('ok        ok    ok     ok     404   ok      403   401'),
  helped: line(' ok         ok    ok     ok     404   ok      403   401'),
  private: line('ok         404   404    404    404   404     403   401'),
  abroad: NOBODY_SIGNED_IN,
}
const VIEW_MAP: LinesFor<'map'> = {
  own: line('    ok         ok    ok     ok     404   ok      404   404'),
  shared: line(' ok         ok    ok     ok     404   ok      404   404'),
  named: line('  ok         ok    ok     ok     ok    ok      404   404'),
  grouped: line('ok         ok    ok     ok     ok    ok      404   404'),
  public: ANYBODY,
  locked: line(' ok         401   401    401    401   401     401   401'),
  unlisted: line('ok        ok    ok     ok     404   ok      404   404'),
  helped: line(' ok         ok    ok     ok     404   ok      404   404'),
  private: line('ok         404   404    404    404   404     404   404'),
  abroad: NOBODY,
}
/** As the viewer, and a token reads what its grants cover. */
const FETCH_MAP: LinesFor<'map'> = {
  ...VIEW_MAP,
  named: line('  ok         ok    ok     ok     ok    ok      ok    404'),
}
const CHANGE_MAP: LinesFor<'map'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' 403        403   403    403    404   403     403   401'),
  named: READERS_ONLY,
  grouped: READERS_ONLY,
  public: READERS_ONLY,
  locked: line(' 403        404   404    404    404   404     403   401'),
  unlisted: line('403       403   403    403    404   403     403   401'),
  helped: line(' 403        403   403    403    404   403     403   401'),
  private: line('403        404   404    404    404   404     403   401'),
  abroad: NOBODY_SIGNED_IN,
}
/** As changing, and others may help where the owner lets them. */
const EDIT_MAP: LinesFor<'map'> = {
  ...CHANGE_MAP,
  helped: line(' ok         ok    ok     403    404   ok      403   401'),
}
/** As editing, less support access, which opens nothing wider than it was. */
const PUBLISH_UPDATES: LinesFor<'map'> = {
  ...CHANGE_MAP,
  own: line('    ok         ok    ok     403    404   403     403   401'),
  helped: line(' ok         ok    ok     403    404   403     403   401'),
}
/** The map by its address alone stands in nobody's list; that it may be opened all the same has a row of its own. */
const { unlisted: _byAddressAlone, public: _byLink, ...LIST_MAP } = OPEN_MAP
/** Who has no right to the map and proves a password, if there is one. */
const UNLOCK_MAP: LinesFor<'map'> = {
  own: NOBODY,
  shared: NOBODY,
  named: NOBODY,
  grouped: NOBODY,
  public: ANYBODY,
  locked: ANYBODY,
  unlisted: NOBODY,
  helped: NOBODY,
  private: NOBODY,
  abroad: NOBODY,
}
/** As changing, and a superadmin deletes whatever there is in the organization. */
const DELETE_MAP: LinesFor<'map'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         403   403    403    404   403     403   401'),
  named: SUPERADMINS,
  grouped: SUPERADMINS,
  public: SUPERADMINS,
  locked: line(' ok         404   404    404    404   404     403   401'),
  unlisted: line('ok        403   403    403    404   403     403   401'),
  helped: line(' ok         403   403    403    404   403     403   401'),
  private: line('ok         404   404    404    404   404     403   401'),
  abroad: NOBODY_SIGNED_IN,
}
/** As changing, less support access, which opens nothing to everybody. */
const PUBLISH_MAP: LinesFor<'map'> = {
  ...CHANGE_MAP,
  own: line('    ok         ok    ok     403    404   403     403   401'),
}
const COPY_MAP: LinesFor<'map'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         ok    ok     403    404   ok      403   401'),
  named: EDITORS,
  grouped: EDITORS,
  public: EDITORS,
  locked: line(' 403        404   404    404    404   404     403   401'),
  unlisted: line('ok        ok    ok     403    404   ok      403   401'),
  helped: line(' ok         ok    ok     403    404   ok      403   401'),
  private: line('403        404   404    404    404   404     403   401'),
  abroad: NOBODY_SIGNED_IN,
}
/** With whom a map is shared is for those who may open it and may know of the organization's people. */
const SEE_MAP_SHARING: LinesFor<'map'> = {
  ...COPY_MAP,
  locked: line(' ok         404   404    404    404   404     403   401'),
  private: line('ok         404   404    404    404   404     403   401'),
}

const USE_CONNECTION: LinesFor<'connection'> = {
  own: line('    ok         ok    ok     ok     404   ok      403   401'),
  shared: line(' ok         ok    ok     ok     404   ok      403   401'),
  named: line('  ok         ok    ok     ok     404   ok      403   401'),
  grouped: line('ok         ok    ok     ok     404   ok      403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}
/** A login of one's own, which support access never holds. */
const OWN_LOGIN: LinesFor<'connection'> = {
  own: line('    ok         ok    ok     ok     404   403     403   401'),
  shared: line(' ok         ok    ok     ok     404   403     403   401'),
  named: line('  ok         ok    ok     ok     404   403     403   401'),
  grouped: line('ok         ok    ok     ok     404   403     403   401'),
  private: line('404        404   404    404    404   403     403   401'),
  abroad: line(' 404        404   404    404    404   403     403   401'),
}
const CHANGE_CONNECTION: LinesFor<'connection'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' 403        403   403    403    404   403     403   401'),
  named: line('  403        403   403    403    404   403     403   401'),
  grouped: line('403        403   403    403    404   403     403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}
/** As changing, less support access, which never holds the login that comes with it. */
const EDIT_CONNECTION: LinesFor<'connection'> = {
  ...CHANGE_CONNECTION,
  own: line('    ok         ok    ok     403    404   403     403   401'),
}
/** How it is set up, which superadmins see of every connection of the organization. */
const INSPECT_CONNECTION: LinesFor<'connection'> = {
  own: SUPERADMINS,
  shared: SUPERADMINS,
  named: SUPERADMINS,
  grouped: SUPERADMINS,
  private: SUPERADMINS,
  abroad: line(' 404        403   403    403    403   403     403   401'),
}
const SEE_CONNECTION_SHARING: LinesFor<'connection'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         ok    ok     403    404   ok      403   401'),
  named: line('  ok         ok    ok     403    404   ok      403   401'),
  grouped: line('ok         ok    ok     403    404   ok      403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}

const OPEN_WORKFLOW: LinesFor<'workflow'> = {
  ...USE_CONNECTION,
  private: line('ok         404   404    404    404   404     403   401'),
}
const CHANGE_WORKFLOW: LinesFor<'workflow'> = {
  ...CHANGE_CONNECTION,
  private: line('403        404   404    404    404   404     403   401'),
}
/** As changing, and a superadmin deletes whatever there is in the organization. */
const DELETE_WORKFLOW: LinesFor<'workflow'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         403   403    403    404   403     403   401'),
  named: line('  ok         403   403    403    404   403     403   401'),
  grouped: line('ok         403   403    403    404   403     403   401'),
  private: line('ok         404   404    404    404   404     403   401'),
  abroad: NOBODY_SIGNED_IN,
}
const SEE_WORKFLOW_SHARING: LinesFor<'workflow'> = {
  ...SEE_CONNECTION_SHARING,
  private: line('ok         404   404    404    404   404     403   401'),
}

// A project is to those who share it what a workflow is; guests get maps inside of one and never see it.
const OPEN_PROJECT: LinesFor<'project'> = OPEN_WORKFLOW
const CHANGE_PROJECT: LinesFor<'project'> = CHANGE_WORKFLOW
const DELETE_PROJECT: LinesFor<'project'> = DELETE_WORKFLOW
const SEE_PROJECT_SHARING: LinesFor<'project'> = SEE_WORKFLOW_SHARING

/** Admins look after all applications of the gallery. */
const OPEN_APPLICATION: LinesFor<'application'> = {
  ...USE_CONNECTION,
  private: line('ok         ok    404    404    404   ok      403   401'),
}
const CHANGE_APPLICATION: LinesFor<'application'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         ok    403    403    404   ok      403   401'),
  named: line('  ok         ok    403    403    404   ok      403   401'),
  grouped: line('ok         ok    403    403    404   ok      403   401'),
  private: line('ok         ok    404    404    404   ok      403   401'),
  abroad: NOBODY_SIGNED_IN,
}
const SEE_APPLICATION_SHARING: LinesFor<'application'> = {
  ...SEE_CONNECTION_SHARING,
  private: line('ok         ok    404    404    404   ok      403   401'),
}

/** Schemas, tables and columns: people alone, and only with a right to the connection itself. */
const BROWSE: LinesFor<'source'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  shared: line(' ok         ok    ok     403    404   ok      403   401'),
  named: line('  ok         ok    ok     403    404   ok      403   401'),
  drawn: NOBODY_SIGNED_IN,
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}
/** Tiles and widgets: besides, tokens by their grants, and everybody what a map lends them. */
const DRAW: LinesFor<'source'> = {
  own: line('    ok         ok    ok     403    404   ok      404   401'),
  shared: line(' ok         ok    ok     403    404   ok      404   401'),
  named: line('  ok         ok    ok     403    404   ok      ok    401'),
  drawn: line('  ok         ok    ok     ok     ok    ok      404   401'),
  private: NO_CREDENTIAL,
  abroad: NO_CREDENTIAL,
}
/** What one writes oneself: a map lends its readers nothing but its sources, and they know of nothing else. */
const RUN_SQL: LinesFor<'source'> = { ...DRAW, drawn: NO_CREDENTIAL }
/** The same as a layer: that the connection is drawn from, readers know, and are told that no map declares this. */
const DRAW_SQL: LinesFor<'source'> = {
  ...DRAW,
  drawn: line('  403        403   403    403    403   403     404   401'),
}

const OWN_NAMED_SOURCE: LinesFor<'namedSource'> = {
  own: line('    ok         ok    ok     404    404   404     403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}

const OWN_TOKEN: LinesFor<'token'> = {
  own: line('    ok         ok    ok     404    404   404     403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}

/** Everybody who could make one sees it, support access too. */
const SEE_CLIENT: LinesFor<'oauthClient'> = {
  own: line('    ok         ok    ok     404    404   ok      403   401'),
  private: line('ok         ok    ok     404    404   ok      403   401'),
  abroad: NOBODY_SIGNED_IN,
}
const OWN_CLIENT: LinesFor<'oauthClient'> = {
  own: line('    ok         ok    ok     404    404   403     403   401'),
  private: line('403        403   403    404    404   403     403   401'),
  abroad: NOBODY_SIGNED_IN,
}

/** Whoever owns the map shares it, if they may share at all. */
const ANSWER_REQUEST: LinesFor<'request'> = {
  own: line('    ok         ok    ok     403    404   ok      403   401'),
  private: NOBODY_SIGNED_IN,
  abroad: NOBODY_SIGNED_IN,
}

/** The id of a sign-in to an application that nobody began. */
const NO_STEP = 'n'.repeat(43)
const page = { headers: { accept: 'text/html' } }
const invalid = { body: {}, status: 400 }
const table = { query: 'name=demo.stores' }
const sql = { query: 'q=SELECT+1+AS+one' }
const count = `type=table&source=demo.stores&params=${encodeURIComponent('{"operation":"count","column":"*"}')}`

/** Every route. What deciding about a source takes beyond its action is `data.browse`: the table may be read at all. */
export const ROUTES: Readonly<Record<string, Expectation>> = {
  // Operation, documents, pages
  'GET /health/live': plain(ANYBODY),
  'GET /health/ready': plain(ANYBODY),
  'GET /metrics': plain(ANYBODY),
  'GET /openapi.json': plain(ANYBODY),
  'GET /docs': plain(ANYBODY),
  'GET /*': plain(ANYBODY, page),
  'GET /workspace-api/basemaps': plain(ANYBODY),
  'GET /basemaps/:id/style.json': plain(ANYBODY, { path: { id: 'graticule-light' } }),
  'GET /markers/:organizationId/:digest': plain(NOBODY, { path: { organizationId: 'ac_none', digest: 'none' } }),
  'GET /branding/:organizationId/:digest': plain(NOBODY, { path: { organizationId: 'ac_none', digest: 'none' } }),
  'GET /basemaps/data/:file': plain(ANYBODY, { path: { file: 'graticule.json' } }),

  // Sign-in
  'POST /auth/sign-in': plain(ANYBODY, invalid),
  'POST /auth/sign-in/link': plain(ANYBODY, invalid),
  'GET /auth/sign-in/methods': plain(ANYBODY),
  'POST /auth/sign-out': plain(ANYBODY, { endsSession: true }),
  'GET /auth/setup': plain(ANYBODY, { query: 'token=none' }),
  'POST /auth/setup': plain(ANYBODY, invalid),
  'GET /auth/organization-creation': plain(ANYBODY),
  'POST /auth/organization-creation': plain(ANYBODY, invalid),
  'POST /auth/invitation/read': plain(ANYBODY, invalid),
  'POST /auth/invitation': plain(ANYBODY, invalid),
  'POST /auth/password/link': plain(ANYBODY, invalid),
  'POST /auth/password/reset': plain(ANYBODY, invalid),
  'POST /auth/password': plain(PEOPLE, invalid),
  'GET /auth/second-step': plain(HALF_SIGNED_IN),
  'POST /auth/second-step': plain(ANYBODY, invalid),
  'POST /auth/second-step/totp': plain(HALF_SIGNED_IN),
  'POST /auth/second-step/totp/confirm': plain(ANYBODY, invalid),
  'POST /auth/second-step/passkey-options': plain(HALF_SIGNED_IN),
  'POST /auth/second-step/passkeys/options': plain(HALF_SIGNED_IN),
  'POST /auth/second-step/passkeys': plain(ANYBODY, invalid),
  'POST /auth/sign-in/passkey/options': plain(ANYBODY),
  'POST /auth/sign-in/passkey': plain(ANYBODY, invalid),
  'GET /auth/second-factors': plain(PEOPLE),
  'POST /auth/totp': plain(PEOPLE, invalid),
  'POST /auth/totp/confirm': plain(PEOPLE, invalid),
  'POST /auth/totp/remove': plain(PEOPLE, invalid),
  'POST /auth/recovery-codes': plain(PEOPLE, invalid),
  'POST /auth/passkeys/options': plain(PEOPLE, invalid),
  'POST /auth/passkeys': plain(PEOPLE, invalid),
  'POST /auth/passkeys/proof-options': plain(PEOPLE),
  'PATCH /auth/passkeys/:id': plain(PEOPLE, { ...invalid, path: { id: 'none' } }),
  'POST /auth/passkeys/:id/remove': plain(PEOPLE, { ...invalid, path: { id: 'none' } }),
  'GET /auth/oidc/:id/start': plain(ANYBODY, { status: 302 }),
  'GET /auth/oidc/callback': plain(ANYBODY, { status: 401 }),
  'POST /auth/oidc/back-channel-logout': plain(ANYBODY, invalid),
  'GET /auth/session': plain(PEOPLE),
  // The session is another's from then on.
  'POST /auth/view-as': about('person', MANAGED_ALONE, { body: ({ id }) => ({ userId: id }), endsSession: true }),
  'DELETE /auth/view-as': plain(PEOPLE),
  'GET /auth/sessions': plain(PEOPLE),
  'DELETE /auth/sessions/:id': about('session', { own: PEOPLE, private: NOBODY_SIGNED_IN }),
  'PATCH /workspace-api/profile': plain(PEOPLE, invalid),

  // People, groups, the organization
  'GET /v3/users': plain(EDITORS),
  'GET /workspace-api/users': plain(EDITORS),
  'PATCH /workspace-api/users/:id': about('person', MANAGED_ALONE, {
    body: (_, askerId) => ({ role: 'viewer', receiverId: askerId }),
  }),
  'DELETE /workspace-api/users/:id': about('person', MANAGED_ALONE, { query: (_, askerId) => `receiverId=${askerId}` }),
  'POST /workspace-api/users/batch/role': plain(ADMINS_ALONE, invalid),
  'POST /workspace-api/users/batch/delete': plain(ADMINS_ALONE, invalid),
  'POST /workspace-api/users/:id/second-factor-reset': about('person', MANAGED_ALONE),
  'POST /workspace-api/users/:id/password-link': about('person', MANAGED_ALONE),
  'GET /workspace-api/invitations': plain(ADMINS),
  'POST /workspace-api/invitations': plain(ADMINS, invalid),
  'POST /workspace-api/invitations/:id/resend': about('invitation', MANAGED),
  'DELETE /workspace-api/invitations/:id': about('invitation', MANAGED),
  'GET /workspace-api/groups': plain(EDITORS),
  'POST /workspace-api/groups': plain(ADMINS_ALONE, invalid),
  'GET /workspace-api/groups/:id': about('group', MANAGED_ALONE),
  'PATCH /workspace-api/groups/:id': about('group', MANAGED_ALONE, { body: ({ id }) => ({ name: `Renamed ${id}` }) }),
  'DELETE /workspace-api/groups/:id': about('group', MANAGED_ALONE),
  'GET /workspace-api/groups/:id/members': about('group', MANAGED_ALONE),
  'POST /workspace-api/groups/:id/members': about('group', MANAGED_ALONE, {
    body: ({ parameters }) => ({ userIds: [parameters.userId] }),
  }),
  'DELETE /workspace-api/groups/:id/members/:userId': about('group', MANAGED_ALONE),
  'GET /workspace-api/identity-providers': plain(ADMINS_ALONE),
  'POST /workspace-api/identity-providers': plain(ADMINS_ALONE, invalid),
  'PATCH /workspace-api/identity-providers/:id': about('provider', MANAGED_ALONE, {
    body: ({ id }) => ({ name: `Renamed ${id}` }),
  }),
  'DELETE /workspace-api/identity-providers/:id': about('provider', MANAGED_ALONE),
  // Nothing answers at the provider's address.
  'POST /workspace-api/identity-providers/:id/test': about('provider', MANAGED_ALONE, { status: 400 }),
  'PUT /workspace-api/sso-enforcement': plain(ADMINS_ALONE, invalid),
  'GET /workspace-api/role-mapping': plain(ADMINS_ALONE),
  'PUT /workspace-api/role-mapping': plain(ADMINS_ALONE, invalid),
  'POST /workspace-api/role-mapping/plan': plain(ADMINS_ALONE, invalid),
  'GET /workspace-api/customization': plain(PEOPLE),
  'GET /workspace-api/settings': plain(ADMINS_ALONE),
  'POST /workspace-api/settings/plan': plain(ADMINS_ALONE, { body: { text: 'version: 1' } }),
  'POST /workspace-api/settings/apply': plain(ADMINS_ALONE, { body: { text: 'version: 1', base: {} } }),
  'POST /workspace-api/settings/test': plain(ADMINS_ALONE, { body: {} }),
  'GET /workspace-api/scim': plain(ADMINS_ALONE),
  'PUT /workspace-api/scim': plain(ADMINS_ALONE, invalid),
  'POST /workspace-api/scim/tokens': plain(ADMINS_ALONE, { body: {} }),
  'DELETE /workspace-api/scim/tokens/:id': about('scimToken', MANAGED_ALONE),

  // SCIM: a directory comes with a token of its own, and nobody else is let in.
  'GET /scim/v2/ServiceProviderConfig': DIRECTORY,
  'GET /scim/v2/ResourceTypes': DIRECTORY,
  'GET /scim/v2/ResourceTypes/:id': DIRECTORY,
  'GET /scim/v2/Schemas': DIRECTORY,
  'GET /scim/v2/Schemas/:id': DIRECTORY,
  'GET /scim/v2/Users': DIRECTORY,
  'POST /scim/v2/Users': DIRECTORY,
  'GET /scim/v2/Users/:id': DIRECTORY,
  'PUT /scim/v2/Users/:id': DIRECTORY,
  'PATCH /scim/v2/Users/:id': DIRECTORY,
  'DELETE /scim/v2/Users/:id': DIRECTORY,
  'GET /scim/v2/Groups': DIRECTORY,
  'POST /scim/v2/Groups': DIRECTORY,
  'GET /scim/v2/Groups/:id': DIRECTORY,
  'PUT /scim/v2/Groups/:id': DIRECTORY,
  'PATCH /scim/v2/Groups/:id': DIRECTORY,
  'DELETE /scim/v2/Groups/:id': DIRECTORY,
  'GET /workspace-api/organization': plain(ADMINS),
  'PATCH /workspace-api/organization': plain(ADMINS, { body: { name: '' }, status: 400 }),
  'PATCH /workspace-api/organization · seats': plain(SUPERADMINS, {
    body: { seats: { editor: null } },
    asks: ['organization.set-seats'],
  }),
  'POST /workspace-api/organization/plan': plain(ADMINS, { body: { name: '' }, status: 400 }),
  'POST /workspace-api/organization/plan · seats': plain(SUPERADMINS, {
    body: { seats: { editor: null } },
    asks: ['organization.set-seats'],
  }),
  'GET /workspace-api/outbox': plain(ADMINS_ALONE),
  'GET /v3/activity': plain(ADMINS_ALONE),
  'GET /v3/activity/export': plain(ADMINS_ALONE, { query: 'format=csv' }),
  'GET /v3/activity/statements/:digest': plain(ADMINS_ALONE, { path: { digest: '0'.repeat(64) }, status: 404 }),
  'GET /workspace-api/domains': plain(ADMINS),
  'POST /workspace-api/domains': plain(ADMINS_ALONE, invalid),
  // DNS does not show the record.
  'POST /workspace-api/domains/:id/verify': about('domain', MANAGED_ALONE, { status: 409 }),
  'POST /workspace-api/domains/:id/removal-plan': about('domain', MANAGED_ALONE),
  'DELETE /workspace-api/domains/:id': about('domain', MANAGED_ALONE),
  'PUT /workspace-api/domains/auto-join': plain(ADMINS, invalid),
  'POST /workspace-api/organization/suspend': plain(ADMINS_ALONE, invalid),
  'POST /workspace-api/organization/delete': plain(ADMINS_ALONE, invalid),
  'GET /workspace-api/organization/governance': plain(EDITORS),
  'PATCH /workspace-api/organization/governance': plain(ADMINS_ALONE, { body: { revision: -1 }, status: 400 }),
  'GET /workspace-api/organization/network': plain(ADMINS_ALONE),
  'POST /workspace-api/organization/network/plan': plain(ADMINS_ALONE, { body: { allowedHosts: null } }),
  'PUT /workspace-api/organization/network': plain(ADMINS_ALONE, { body: { revision: -1 }, status: 400 }),
  'POST /activity-data-jobs': plain(ADMINS_ALONE, invalid),
  'GET /activity-data-jobs/:id': plain(ADMINS_ALONE_FIND_NONE, { path: { id: 'none' }, asks: [] }),
  'DELETE /activity-data-jobs/:id/cancel': plain(ADMINS_ALONE_FIND_NONE, { path: { id: 'none' }, asks: [] }),
  // An address without the secret of a job.
  'GET /activity-data-jobs/:id/files/:category': plain(NOBODY, {
    path: { id: 'none', category: 'activity' },
    query: 'token=none',
    asks: [],
  }),
  'GET /v3/usage': plain(ADMINS),
  'GET /v3/usage/csv': plain(ADMINS),
  'GET /v3/usage/mine': plain(MEMBERS),
  'GET /v3/usage/mine/csv': plain(MEMBERS),
  'PUT /workspace-api/organization/usage-limits': plain(ADMINS_ALONE, { body: { revision: -1 }, status: 400 }),
  'POST /workspace-api/organization/network/try': plain(ADMINS_ALONE, {
    body: { host: '127.0.0.1', port: 5432, purpose: 'warehouse' },
  }),
  'POST /workspace-api/organization/governance/plan': plain(ADMINS_ALONE, { body: { revision: -1 }, status: 400 }),
  'GET /workspace-api/sharing-defaults/:kind': plain(EDITORS, { path: { kind: 'map' } }),
  'GET /v3/access/explain': plain(PEOPLE, { query: (_, askerId) => `subject=${askerId}&action=map.create` }),
  'GET /v3/access/explain · somebody else': about('person', MANAGED, {
    query: ({ id }) => `subject=${id}&action=map.create`,
    asks: ['user.inspect'],
  }),
  'GET /v3/access/report/people/:id': about('person', MANAGED_ALONE),
  'GET /v3/access/report/people/:id/csv': about('person', MANAGED_ALONE),
  'GET /v3/access/report/assets/:kind/:id': plain(ADMINS_ALONE_FIND_NONE, {
    path: { kind: 'map', id: 'none' },
    asks: [],
  }),
  'GET /v3/access/report/assets/:kind/:id/csv': plain(ADMINS_ALONE_FIND_NONE, {
    path: { kind: 'map', id: 'none' },
    asks: [],
  }),
  'GET /v3/access/unused-grants': plain(EDITORS),
  'GET /v3/access/unused-grants/csv': plain(EDITORS),
  'POST /v3/access/grants/revoke': plain(NOBODY_SIGNED_IN, {
    body: { kind: 'map', id: 'none', audience: 'organization' },
    asks: [],
  }),
  'GET /v3/access/people-counts': plain(PEOPLE, { query: 'kind=map&ids=none' }),
  'GET /v3/access/people-counts · maps that one may open': about('map', OPEN_MAP, {
    query: ({ id }) => `kind=map&ids=${id}`,
    lists: true,
    asks: ['map.read'],
  }),
  'GET /v3/access/decisions/:id': about('decision', MANAGED_ALONE),

  // Requests for access
  'POST /workspace-api/access-requests': plain(PEOPLE, { body: { kind: 'map', id: 'none' } }),
  // What a role can never be given is refused, whatever there is.
  'POST /workspace-api/access-requests · a workflow': plain(MEMBERS, {
    body: { kind: 'workflow', id: 'none' },
    asks: [],
  }),
  'POST /workspace-api/access-requests · a project': plain(MEMBERS, {
    body: { kind: 'project', id: 'none' },
    asks: [],
  }),
  'POST /workspace-api/access-requests · an application': plain(MEMBERS, {
    body: { kind: 'application', id: 'none' },
    asks: [],
  }),
  'POST /workspace-api/access-requests · to edit a map': plain(EDITORS, {
    body: { kind: 'map', id: 'none', wanted: 'edit' },
    asks: [],
  }),
  'GET /workspace-api/access-requests': about(
    'request',
    { own: PEOPLE, private: NOBODY_SIGNED_IN, abroad: NOBODY_SIGNED_IN },
    { lists: true },
  ),
  'POST /workspace-api/access-requests/:id/grant': about('request', ANSWER_REQUEST, { body: {} }),
  'POST /workspace-api/access-requests/:id/decline': about('request', {
    own: PEOPLE,
    private: NOBODY_SIGNED_IN,
    abroad: NOBODY_SIGNED_IN,
  }),

  // Maps
  'GET /workspace-api/maps': {
    subject: 'map',
    lines: LIST_MAP,
    query: ({ id }) => `search=${id}`,
    lists: true,
  },
  'GET /workspace-api/maps · by their address alone': {
    subject: 'map',
    lines: { unlisted: NOBODY_SIGNED_IN },
    query: ({ id }) => `search=${id}`,
    lists: true,
    asks: [],
  },
  // A guest opens a public map by its link, as everybody does, and is not told of it.
  'GET /workspace-api/maps · public': {
    subject: 'map',
    lines: { public: line('ok  ok    ok     ok     404   ok      403   401') },
    query: ({ id }) => `search=${id}`,
    lists: true,
    asks: [],
  },
  'GET /workspace-api/map-owners': plain(PEOPLE),
  'PUT /workspace-api/maps/:id/tags': about('map', EDIT_MAP, { body: { tags: ['plans'] } }),
  'PUT /workspace-api/maps/:id/favourite': about('map', OPEN_MAP),
  'DELETE /workspace-api/maps/:id/favourite': about('map', OPEN_MAP),
  'POST /workspace-api/maps/:id/opened': about('map', OPEN_MAP),
  'POST /workspace-api/maps': plain(EDITORS, { body: { document: {} }, status: 400 }),
  'GET /workspace-api/maps/:id': about('map', OPEN_MAP),
  'PATCH /workspace-api/maps/:id': about('map', EDIT_MAP, {
    body: ({ id }) => ({ revision: 1, document: emptyMapDocument(id) }),
  }),
  'DELETE /workspace-api/maps/:id': about('map', DELETE_MAP),
  'POST /workspace-api/maps/:id/duplicate': about('map', COPY_MAP),
  'POST /workspace-api/maps/:id/privacy': about('map', CHANGE_MAP, { body: { privacy: 'private' } }),
  'POST /workspace-api/maps/:id/privacy · public': about('map', PUBLISH_MAP, {
    body: { privacy: 'public' },
    asks: ['map.share', 'map.publish'],
  }),
  'GET /workspace-api/maps/:idOrName/sharing': about('map', SEE_MAP_SHARING, { asks: ['map.read', 'user.list'] }),
  'GET /workspace-api/maps/:idOrName/sharing/people': about('map', SEE_MAP_SHARING, {
    asks: ['map.read', 'user.list'],
  }),
  'PUT /workspace-api/maps/:idOrName/sharing': about('map', CHANGE_MAP, { body: { privacy: 'private' } }),
  'POST /workspace-api/maps/:idOrName/sharing/preview': about('map', CHANGE_MAP, { body: { privacy: 'public' } }),
  // What is sent is an older draft than there is, whoever may publish it.
  'POST /workspace-api/maps/:id/publish': about('map', PUBLISH_UPDATES, { body: { revision: 99 }, status: 409 }),
  'POST /workspace-api/maps/:id/publication-check': about('map', PUBLISH_MAP, { body: {}, asks: ['map.publish'] }),
  'PATCH /workspace-api/maps/:id/sharing-options': about('map', CHANGE_MAP, { body: { discoverable: true } }),
  'GET /workspace-api/viewer/maps/:id': about('map', VIEW_MAP),
  'GET /v3/maps/public/:id': about('map', FETCH_MAP),
  'POST /v3/maps/public/:id': about('map', FETCH_MAP),
  'POST /v3/maps/public/:id/unlock': about('map', UNLOCK_MAP, { body: { password: MAP_PASSWORD } }),

  // Connections
  'GET /v3/providers': plain(PEOPLE),
  'GET /v3/connections': about('connection', USE_CONNECTION, { lists: true }),
  'POST /v3/connections': plain(EDITORS_ALONE, invalid),
  'POST /v3/connections/test': plain(EDITORS_ALONE, {
    body: { providerId: 'postgres', config: {} },
    status: 400,
    asks: ['connection.create'],
  }),
  'POST /v3/connections/test · one that is being edited': about('connection', EDIT_CONNECTION, {
    body: ({ id }) => ({ providerId: 'postgres', config: {}, connectionId: id }),
    status: 400,
    asks: ['connection.update'],
  }),
  'GET /v3/connections/:idOrName': about('connection', USE_CONNECTION),
  'PATCH /v3/connections/:idOrName': about('connection', EDIT_CONNECTION, { body: {} }),
  'DELETE /v3/connections/:idOrName': about('connection', CHANGE_CONNECTION),
  'GET /v3/connections/:idOrName/posture': about('connection', EDIT_CONNECTION),
  'POST /v3/connections/:idOrName/posture': about('connection', EDIT_CONNECTION),
  'POST /v3/connections/:idOrName/grants': about('connection', EDIT_CONNECTION, {
    body: { purpose: 'view-maps', schemas: [] },
    status: 400,
  }),
  'POST /v3/connections/:idOrName/certificate-setup': about('connection', EDIT_CONNECTION),
  'GET /v3/connections/:idOrName/dependents': about('connection', EDIT_CONNECTION),
  'PUT /v3/connections/:idOrName/bookmark': about('connection', USE_CONNECTION),
  'DELETE /v3/connections/:idOrName/bookmark': about('connection', USE_CONNECTION),
  'GET /v3/connections/:idOrName/sharing': about('connection', SEE_CONNECTION_SHARING, {
    asks: ['connection.use', 'user.list'],
  }),
  'GET /v3/connections/:idOrName/sharing/people': about('connection', SEE_CONNECTION_SHARING, {
    asks: ['connection.use', 'user.list'],
  }),
  'PUT /v3/connections/:idOrName/sharing': about('connection', CHANGE_CONNECTION, { body: { privacy: 'private' } }),
  'POST /v3/connections/:idOrName/sharing/preview': about('connection', CHANGE_CONNECTION, {
    body: { privacy: 'shared' },
  }),

  'GET /v3/connections/:idOrName/my-credentials': about('connection', OWN_LOGIN, {
    asks: ['credential.manage', 'connection.use'],
  }),
  // Here everybody reads with the connection's own login, so another one is of no use.
  'PUT /v3/connections/:idOrName/my-credentials': about('connection', OWN_LOGIN, {
    body: { login: { user: 'alice', password: 'secret' } },
    status: 422,
    asks: ['credential.manage', 'connection.use'],
  }),
  'DELETE /v3/connections/:idOrName/my-credentials': about('connection', OWN_LOGIN, {
    asks: ['credential.manage', 'connection.use'],
  }),

  'GET /v3/connections/:idOrName/publishing-logins': about('connection', USE_CONNECTION),
  // Such a connection leads nowhere, so that no login can be tried, and it has none.
  'POST /v3/connections/:idOrName/publishing-logins': about('connection', EDIT_CONNECTION, {
    body: { name: 'Public', login: { user: 'alice', password: 'secret' } },
    status: 400,
  }),
  'PATCH /v3/connections/:idOrName/publishing-logins/:loginId': about('connection', EDIT_CONNECTION, {
    path: { loginId: 'none' },
    body: { name: 'Public' },
    status: 404,
  }),
  'DELETE /v3/connections/:idOrName/publishing-logins/:loginId': about('connection', EDIT_CONNECTION, {
    path: { loginId: 'none' },
    status: 404,
  }),

  // Workflows
  'GET /workspace-api/workflows': about('workflow', OPEN_WORKFLOW, { query: ({ id }) => `search=${id}`, lists: true }),
  'POST /workspace-api/workflows': plain(EDITORS, invalid),
  'PUT /workspace-api/workflows/:id/tags': about('workflow', CHANGE_WORKFLOW, { body: { tags: ['plans'] } }),
  'PUT /workspace-api/workflows/:id/favourite': about('workflow', OPEN_WORKFLOW),
  'DELETE /workspace-api/workflows/:id/favourite': about('workflow', OPEN_WORKFLOW),
  'POST /workspace-api/workflows/:id/opened': about('workflow', OPEN_WORKFLOW),
  'GET /workspace-api/workflows/:id': about('workflow', OPEN_WORKFLOW),
  'PATCH /workspace-api/workflows/:id': about('workflow', CHANGE_WORKFLOW, { body: { description: 'Changed' } }),
  'DELETE /workspace-api/workflows/:id': about('workflow', DELETE_WORKFLOW),
  'GET /workspace-api/workflows/:idOrName/sharing': about('workflow', SEE_WORKFLOW_SHARING, {
    asks: ['workflow.read', 'user.list'],
  }),
  'GET /workspace-api/workflows/:idOrName/sharing/people': about('workflow', SEE_WORKFLOW_SHARING, {
    asks: ['workflow.read', 'user.list'],
  }),
  'PUT /workspace-api/workflows/:idOrName/sharing': about('workflow', CHANGE_WORKFLOW, {
    body: { privacy: 'private' },
  }),
  'POST /workspace-api/workflows/:idOrName/sharing/preview': about('workflow', CHANGE_WORKFLOW, {
    body: { privacy: 'shared' },
  }),

  // Applications
  'GET /workspace-api/applications': about('application', OPEN_APPLICATION, {
    query: ({ id }) => `search=${id}`,
    lists: true,
  }),
  'POST /workspace-api/applications': plain(EDITORS, invalid),
  'POST /workspace-api/applications/:id/opening': about('application', OPEN_APPLICATION),
  'PUT /workspace-api/applications/:id/favourite': about('application', OPEN_APPLICATION),
  'DELETE /workspace-api/applications/:id/favourite': about('application', OPEN_APPLICATION),
  'GET /workspace-api/applications/:id': about('application', OPEN_APPLICATION),
  'GET /workspace-api/applications/:id/thumbnail': about('application', OPEN_APPLICATION),
  'PATCH /workspace-api/applications/:id': about('application', CHANGE_APPLICATION, {
    body: { description: 'Changed' },
  }),
  'DELETE /workspace-api/applications/:id': about('application', CHANGE_APPLICATION),
  'GET /workspace-api/applications/:idOrName/sharing': about('application', SEE_APPLICATION_SHARING, {
    asks: ['application.read', 'user.list'],
  }),
  'GET /workspace-api/applications/:idOrName/sharing/people': about('application', SEE_APPLICATION_SHARING, {
    asks: ['application.read', 'user.list'],
  }),
  'PUT /workspace-api/applications/:idOrName/sharing': about('application', CHANGE_APPLICATION, {
    body: { privacy: 'private' },
  }),
  'POST /workspace-api/applications/:idOrName/sharing/preview': about('application', CHANGE_APPLICATION, {
    body: { privacy: 'shared' },
  }),

  // Projects
  'GET /v3/projects': about('project', OPEN_PROJECT, { lists: true }),
  'POST /v3/projects': plain(EDITORS, invalid),
  'GET /v3/projects/:id': about('project', OPEN_PROJECT),
  'PATCH /v3/projects/:id': about('project', CHANGE_PROJECT, { body: { description: 'Changed' } }),
  'DELETE /v3/projects/:id': about('project', DELETE_PROJECT),
  'GET /v3/projects/:id/shortcuts': about('project', OPEN_PROJECT),
  // Who is let in is told that there is no such map, or no such shortcut.
  'POST /v3/projects/:id/shortcuts': about('project', CHANGE_PROJECT, {
    body: { kind: 'map', assetId: 'none' },
    status: 404,
  }),
  'PATCH /v3/projects/:id/shortcuts/:shortcutId': about('project', CHANGE_PROJECT, {
    path: { shortcutId: 'none' },
    body: ({ id }) => ({ projectId: id }),
    status: 404,
  }),
  'DELETE /v3/projects/:id/shortcuts/:shortcutId': about('project', CHANGE_PROJECT, {
    path: { shortcutId: 'none' },
    status: 404,
  }),
  'POST /v3/projects/move': plain(PEOPLE, { body: { projectId: null, items: NOTHING_TO_MOVE }, asks: [] }),
  'POST /v3/projects/move · into a folder': about('project', OPEN_PROJECT, {
    body: ({ id }) => ({ projectId: id, items: NOTHING_TO_MOVE }),
    asks: ['project.read'],
  }),
  'POST /v3/projects/move/preview': plain(EDITORS, {
    body: { projectId: null, items: NOTHING_TO_MOVE },
    asks: ['user.list'],
  }),
  'POST /v3/projects/move/preview · into a folder': about('project', SEE_PROJECT_SHARING, {
    body: ({ id }) => ({ projectId: id, items: NOTHING_TO_MOVE }),
    asks: ['project.read', 'user.list'],
  }),
  'GET /v3/projects/:idOrName/sharing': about('project', SEE_PROJECT_SHARING, { asks: ['project.read', 'user.list'] }),
  'GET /v3/projects/:idOrName/sharing/people': about('project', SEE_PROJECT_SHARING, {
    asks: ['project.read', 'user.list'],
  }),
  'PUT /v3/projects/:idOrName/sharing': about('project', CHANGE_PROJECT, { body: { privacy: 'private' } }),
  'POST /v3/projects/:idOrName/sharing/preview': about('project', CHANGE_PROJECT, { body: { privacy: 'shared' } }),

  // Data
  'GET /workspace-api/connections/:name/schemas': about('source', BROWSE),
  'GET /workspace-api/connections/:name/schemas/:schema/tables': about('source', BROWSE),
  'GET /workspace-api/connections/:name/tables/:table': about('source', BROWSE),
  'POST /workspace-api/connections/:name/advice': about('source', BROWSE, {
    body: { type: 'table', source: 'demo.stores' },
  }),
  'POST /workspace-api/connections/:name/advice · on a query': about('source', BROWSE, {
    body: { type: 'query', source: 'SELECT geom FROM demo.stores' },
    asks: ['sql.run'],
  }),
  'POST /workspace-api/connections/:name/describe': about('source', BROWSE, { body: { source: 'SELECT 1 AS one' } }),
  'GET /v3/maps/:connection/table': about('source', DRAW, { ...table, asks: ['tile.read', 'data.browse'] }),
  'POST /v3/maps/:connection/table': about('source', DRAW, {
    body: { name: 'demo.stores' },
    asks: ['tile.read', 'data.browse'],
  }),
  'GET /v3/maps/:connection/query': about('source', DRAW_SQL, {
    query: 'q=SELECT+geom+FROM+demo.stores',
    asks: ['tile.read', 'sql.run'],
  }),
  'POST /v3/maps/:connection/query': about('source', DRAW_SQL, {
    body: { q: 'SELECT geom FROM demo.stores' },
    asks: ['tile.read', 'sql.run'],
  }),
  'GET /v3/maps/:connection/tileset': plain(CREDENTIALS, { status: 501 }),
  'POST /v3/maps/:connection/tileset': plain(CREDENTIALS, { status: 501 }),
  'GET /v3/maps/:connection/raster': plain(CREDENTIALS, { status: 501 }),
  'POST /v3/maps/:connection/raster': plain(CREDENTIALS, { status: 501 }),
  'GET /v3/maps/:connection/boundary': plain(CREDENTIALS, { status: 501 }),
  'POST /v3/maps/:connection/boundary': plain(CREDENTIALS, { status: 501 }),
  'GET /v3/maps/:connection/tilejson/:handle': about('source', DRAW, { asks: ['tile.read', 'data.browse'] }),
  'POST /v3/maps/:connection/tilejson/:handle': about('source', DRAW, { asks: ['tile.read', 'data.browse'] }),
  'GET /v3/maps/:connection/tiles/:handle/:z/:x/:y': about('source', DRAW, {
    query: 'formatTiles=mvt',
    asks: ['tile.read', 'data.browse'],
  }),
  'GET /v3/sql/:connection/query': about('source', RUN_SQL, sql),
  'GET /v3/sql/:connection/query · as a file': about('source', RUN_SQL, { query: `${sql.query}&format=csv` }),
  'POST /v3/sql/:connection/query': about('source', RUN_SQL, { body: { q: 'SELECT 1 AS one' } }),
  'GET /v3/sql/:connection/model/:model': about('source', DRAW, { query: count, asks: ['widget.read', 'data.browse'] }),
  'POST /v3/sql/:connection/model/:model': about('source', DRAW, {
    body: { type: 'table', source: 'demo.stores', params: { operation: 'count', column: '*' } },
    asks: ['widget.read', 'data.browse'],
  }),
  'GET /v3/stats/*': about('source', DRAW, { asks: ['widget.read', 'data.browse'] }),
  'POST /v3/stats/*': about('source', DRAW, { body: {}, asks: ['widget.read', 'data.browse'] }),
  'POST /v3/sql/:connection/job': about('source', RUN_SQL, { body: { query: 'SELECT 1 AS one' } }),
  'GET /v3/sql/:connection/job/:id': about('source', RUN_SQL),
  'DELETE /v3/sql/:connection/job/:id': about('source', RUN_SQL),
  'GET /v3/sql/jobs': plain(CREDENTIALS),

  // Tokens
  'GET /v3/named-sources': about('namedSource', OWN_NAMED_SOURCE, { lists: true }),
  'POST /v3/named-sources': plain(EDITORS_ALONE, invalid),
  'GET /v3/named-sources/:name': about('namedSource', OWN_NAMED_SOURCE),
  'PATCH /v3/named-sources/:name': about('namedSource', OWN_NAMED_SOURCE, { body: { description: 'Renamed' } }),
  'DELETE /v3/named-sources/:name': about('namedSource', OWN_NAMED_SOURCE),
  'GET /v3/oauth-clients': about('oauthClient', SEE_CLIENT, { lists: true }),
  'POST /v3/oauth-clients': plain(EDITORS_ALONE, invalid),
  'GET /v3/oauth-clients/:id': about('oauthClient', SEE_CLIENT),
  'PATCH /v3/oauth-clients/:id': about('oauthClient', OWN_CLIENT, { body: { title: 'Renamed' } }),
  'DELETE /v3/oauth-clients/:id': about('oauthClient', OWN_CLIENT),

  // The authorization server: whoever comes proves with the request itself what they may.
  'GET /oauth/.well-known/openid-configuration': plain(ANYBODY),
  'GET /oauth/jwks': plain(ANYBODY),
  'GET /oauth/authorize': plain(ANYBODY, { status: 400 }),
  'GET /oauth/authorize/:uid': plain(ANYBODY, { path: { uid: 'none' }, status: 400 }),
  // For the token of an application, which none of those who ask here has.
  'GET /oauth/userinfo': plain(HALF_SIGNED_IN),
  'GET /oauth/logout': plain(ANYBODY, { status: 400 }),
  'GET /oauth/interaction/:uid': plain(ANYBODY, { path: { uid: NO_STEP }, status: 303 }),
  'GET /oauth/interaction/:uid/request': plain(PEOPLE_ALONE, { path: { uid: NO_STEP }, status: 404 }),
  'POST /oauth/interaction/:uid/decision': plain(PEOPLE_ALONE, {
    path: { uid: NO_STEP },
    body: { allow: false },
    status: 404,
  }),
  'GET /workspace-api/app-access': plain(PEOPLE_ALONE),
  'DELETE /workspace-api/app-access/:clientId': plain(PEOPLE_ALONE, { path: { clientId: 'none' }, status: 404 }),
  'POST /oauth/token': plain(ANYBODY, { status: 400 }),
  'POST /oauth/revoke': plain(ANYBODY, { status: 400 }),

  'GET /v3/tokens': about('token', OWN_TOKEN, { lists: true }),
  'POST /v3/tokens': plain(EDITORS_ALONE, invalid),
  'GET /v3/tokens/:id': about('token', OWN_TOKEN),
  'PATCH /v3/tokens/:id': about('token', OWN_TOKEN, { body: { name: 'Renamed' } }),
  'DELETE /v3/tokens/:id': about('token', OWN_TOKEN),
  // Asking to join
  'GET /auth/join-requests': plain(ANYBODY),
  'POST /auth/join-requests': plain(ANYBODY, invalid),
  'GET /workspace-api/join-requests': plain(ADMINS),
  'PUT /workspace-api/join-requests/settings': plain(ADMINS, invalid),
  'POST /workspace-api/join-requests/:id/accept': about('joinRequest', MANAGED, { body: { role: 'viewer' } }),
  'POST /workspace-api/join-requests/:id/refuse': about('joinRequest', MANAGED),

  // Support access
  'GET /workspace-api/support-access': plain(ADMINS_ALONE),
  'POST /workspace-api/support-access': plain(ADMINS_ALONE, invalid),
  // These grants have ended; there is but one at a time.
  'POST /workspace-api/support-access/:id/revoke': about('supportGrant', MANAGED_ALONE, {
    body: { receiverId: 'none' },
    status: 409,
  }),
  'POST /workspace-api/support-access/:id/people/:personId/link': about('supportGrant', MANAGED_ALONE, { status: 409 }),

  // The assets of everybody
  'GET /v3/accounts/resources': plain(SUPERADMINS),
  'GET /v3/accounts/resources/connections/:id': about('connection', INSPECT_CONNECTION, { asks: [] }),
  'POST /v3/accounts/resources/delete-batch': plain(SUPERADMINS, invalid),
  'POST /v3/accounts/resources/transfer': plain(SUPERADMINS, invalid),
  'POST /v3/accounts/resources/transfer/preview': plain(SUPERADMINS, invalid),

  // What people keep in order, each thing by its own kind's right
  'GET /workspace-api/tags': plain(PEOPLE),
  'GET /workspace-api/favourites': plain(PEOPLE),
  'GET /workspace-api/recents': plain(PEOPLE),
  'POST /workspace-api/batch/delete': plain(PEOPLE, invalid),
  'POST /workspace-api/batch/share': plain(PEOPLE, invalid),
  'POST /workspace-api/batch/share/preview': plain(PEOPLE, invalid),
  'POST /workspace-api/batch/tag': plain(PEOPLE, invalid),

  // The trash
  'GET /workspace-api/trash': plain(PEOPLE),
  'POST /workspace-api/trash/:kind/:id/restore': plain(NOBODY_SIGNED_IN, {
    path: { kind: 'map', id: 'none' },
    body: { sharing: 'private' },
    asks: [],
  }),
  'POST /workspace-api/trash/:kind/:id/restore/preview': plain(NOBODY_SIGNED_IN, {
    path: { kind: 'map', id: 'none' },
    body: { sharing: 'private' },
    asks: [],
  }),
  'DELETE /workspace-api/trash/:kind/:id': plain(NOBODY_SIGNED_IN, { path: { kind: 'map', id: 'none' }, asks: [] }),

  // SAML
  // LDAP
  'GET /auth/ldap/:id/start': plain(ANYBODY, { path: { id: 'none' }, status: 302 }),
  'GET /auth/ldap/:id': plain(ANYBODY, { path: { id: 'none' }, status: 404 }),
  'POST /auth/ldap/:id': plain(ANYBODY, { ...invalid, path: { id: 'none' } }),
  'POST /workspace-api/identity-providers/:id/test/directory': plain(ADMINS_ALONE, {
    ...invalid,
    path: { id: 'none' },
  }),

  'GET /auth/saml/:id/start': plain(ANYBODY, { status: 302 }),
  'GET /auth/saml/finish': plain(ANYBODY, { status: 401 }),
  'GET /auth/saml/metadata': plain(ANYBODY),
  'POST /auth/saml/acs': plain(ANYBODY, invalid),
}
