import { emptyMapDocument, type MapDocument, type Role } from '@graticule/contract'
import {
  type Audience,
  NOBODY as NO_AUDIENCE,
  type Principal,
  privacyOf,
  type ShareableKind,
  type SupportStay,
} from '@graticule/policy'
import { hashPassword } from '../../features/auth/password-hash.ts'
import { SESSION_COOKIE } from '../../http/authentication.ts'
import { toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { toWordsColumn, wordsOf } from '../../platform/search/search-words.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { TestApp } from '../create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../create-test-warehouse.ts'
import {
  type Asker,
  PERSON_ASKERS,
  type PersonAsker,
  RELATIONS,
  type Relation,
  type Subject,
  type Target,
} from './matrix.ts'

const ABROAD = 'ac_abroad'
/** What a handle of the tiles stands for, in each connection. */
const STORES = {
  source: { type: 'table', name: 'demo.stores' },
  spatialDataColumn: 'geom',
  columns: null,
  filters: {},
  tileResolution: 0.5,
  withFeatureBbox: false,
}

/** Of maps behind one. */
export const MAP_PASSWORD = 'open sesame'

type AudienceRelation = (typeof RELATIONS)['map' | 'connection' | 'source'][number]

/** An organization with everybody and everything that the matrix speaks of, beside a second organization. */
export interface MatrixWorld {
  /** The credentials of whoever asks, as headers; `fresh`: of a session of its own. */
  headersOf(asker: Asker, fresh?: boolean): Promise<Record<string, string>>
  /** Their user id. */
  idOf(asker: PersonAsker): string
  /** Whoever asks, as policy knows them. */
  principalOf(asker: Asker): Principal
  /** Something that stands so to whoever asks; made for this once unless it is only read. */
  target(subject: Subject, relation: Relation, asker: Asker, isChanged: boolean): Promise<Target>
  /** An asset of the organization with this owner and these grants. */
  addAsset(kind: ShareableKind, ownerId: string, audience: Audience): Promise<Target>
  /** The group that a person of each role is in, and one that only the viewer and the guest are in. */
  readonly groupIds: readonly string[]
  readonly colleagueId: string
  /** The database behind all sources. */
  readonly warehouse: TestWarehouse
  close(): Promise<void>
}

/** Fills the application's store: what exists is written there directly, so that no route vouches for itself. */
export async function createMatrixWorld(testApp: TestApp): Promise<MatrixWorld> {
  const { store, organizationId, users, clock } = testApp
  const now = clock.now()
  const warehouse = await createTestWarehouse(testApp)
  await store
    .insertInto('organizations')
    .values({ id: ABROAD, name: 'Abroad', is_demo: false, created_at: now })
    .execute()
  const passwordHash = await hashPassword(MAP_PASSWORD)
  const colleagueId = await addPerson(organizationId)
  const supportStay: SupportStay = { grantId: createId(), endsAt: new Date(now.getTime() + 86_400_000) }
  const supportId = await addSupportPerson()
  const strangerId = await addPerson(ABROAD)
  const groupId = await addGroup(organizationId)
  await store
    .insertInto('group_members')
    .values(PERSON_ASKERS.map((asker) => ({ group_id: groupId, user_id: idOf(asker), added_at: now })))
    .execute()

  const smallGroupId = await addGroup(organizationId)
  const smallGroupRoles: readonly Role[] = ['viewer', 'guest']
  await store
    .insertInto('group_members')
    .values(smallGroupRoles.map((role) => ({ group_id: smallGroupId, user_id: users[role].id, added_at: now })))
    .execute()

  const sources = new Map<string, Target>()
  const remembered = new Map<string, Promise<Target>>()
  const cookies = new Map<Asker, string>()
  for (const relation of RELATIONS.source) {
    if (relation !== 'own') await addSource(relation, 'editor')
  }
  for (const asker of PERSON_ASKERS) await addSource('own', asker)
  const granted = sourceOf('named', 'token')
  const grants = [{ connection_name: granted.parameters.connection ?? '', source: '*' }]
  const token = await testApp.createToken(grants)
  const { id: tokenId } = await store
    .selectFrom('tokens')
    .select('id')
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirstOrThrow()

  async function addPerson(organization: string): Promise<string> {
    const id = createId()
    const email = `${id}@example.org`
    await store
      .insertInto('users')
      .values({ id, organization_id: organization, email, name: `Person ${id}`, role: 'editor', created_at: now })
      .execute()
    return id
  }

  async function addSupportPerson(): Promise<string> {
    await store
      .insertInto('support_grants')
      .values({
        id: supportStay.grantId,
        organization_id: organizationId,
        enabled_by: users.admin.id,
        role: 'admin',
        reason: 'To ask as they do.',
        created_at: now,
        expires_at: supportStay.endsAt,
      })
      .execute()
    const id = createId()
    await store
      .insertInto('users')
      .values({
        id,
        organization_id: organizationId,
        email: 'support@example.org',
        name: 'The support person',
        role: 'admin',
        support_grant_id: supportStay.grantId,
        created_at: now,
      })
      .execute()
    return id
  }

  async function addGroup(organization: string): Promise<string> {
    const id = createId()
    const row = { id, organization_id: organization, name: `Group ${id}`, source: 'manual' as const, created_at: now }
    await store
      .insertInto('groups')
      .values({ ...row, external_id: null })
      .execute()
    return id
  }

  function isPerson(asker: Asker): asker is PersonAsker {
    return asker !== 'token' && asker !== 'anonymous'
  }

  /** Whose the asker's own is. */
  function idOf(asker: Asker): string {
    if (asker === 'support') return supportId
    if (isPerson(asker)) return users[asker].id
    return asker === 'token' ? users.editor.id : colleagueId
  }

  function ownerOf(relation: AudienceRelation, asker: Asker): string {
    if (relation === 'own') return idOf(asker)
    return relation === 'abroad' ? strangerId : colleagueId
  }

  function audienceOf(relation: AudienceRelation, asker: Asker): Audience {
    switch (relation) {
      case 'shared':
      case 'unlisted':
      case 'helped':
      case 'abroad':
        return { ...NO_AUDIENCE, organization: true }
      case 'named':
        return isPerson(asker) ? { ...NO_AUDIENCE, userIds: [idOf(asker)] } : NO_AUDIENCE
      case 'grouped':
        return { ...NO_AUDIENCE, groupIds: [groupId] }
      case 'public':
      case 'locked':
        return { ...NO_AUDIENCE, public: true }
      case 'own':
      case 'drawn':
      case 'private':
        return NO_AUDIENCE
    }
  }

  async function addGrants(kind: ShareableKind, id: string, organization: string, audience: Audience) {
    const grant = { organization_id: organization, asset_kind: kind, asset_id: id, created_at: now }
    const rows = [
      ...(audience.organization ? [{ audience_kind: 'organization' as const, group_id: null, user_id: null }] : []),
      ...(audience.public ? [{ audience_kind: 'public' as const, group_id: null, user_id: null }] : []),
      ...audience.groupIds.map((group) => ({ audience_kind: 'group' as const, group_id: group, user_id: null })),
      ...audience.userIds.map((user) => ({ audience_kind: 'user' as const, group_id: null, user_id: user })),
    ]
    if (rows.length === 0) return
    await store
      .insertInto('grants')
      .values(rows.map((row) => ({ ...grant, ...row })))
      .execute()
  }

  async function addMap(
    owner: string,
    organization: string,
    audience: Audience,
    datasets: MapDocument['datasets'] = [],
    flags: { readonly isListed?: boolean; readonly isLocked?: boolean; readonly isCollaborative?: boolean } = {},
  ): Promise<Target> {
    const { isListed = true, isLocked = false, isCollaborative = false } = flags
    const id = createId()
    // The title is the id, so that a list can be searched for exactly this map.
    const document = { ...emptyMapDocument(id), datasets }
    const published = {
      published_document: toJson(document),
      published_title: id,
      published_words: toWordsColumn(wordsOf(id)),
      published_description: '',
      published_revision: 1,
      published_at: now,
      published_by: owner,
    }
    await store
      .insertInto('maps')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        title: id,
        search_words: toWordsColumn(wordsOf(id)),
        description: '',
        document: toJson(document),
        ...(privacyOf(audience) === 'private' ? {} : published),
        password_hash: isLocked ? passwordHash : null,
        is_listed: isListed,
        is_collaborative: isCollaborative,
        created_at: now,
        updated_at: now,
      })
      .execute()
    await addGrants('map', id, organization, audience)
    const owned = { id, organizationId: organization, ownerId: owner, audience, containers: [] }
    return { id, parameters: {}, asset: { kind: 'map', ...owned, isListed, isLocked, isCollaborative } }
  }

  async function addConnection(owner: string, organization: string, audience: Audience, isReal: boolean) {
    const id = createId()
    const { password, ...config } = warehouse.config
    await store
      .insertInto('connections')
      .values({
        id,
        organization_id: organization,
        name: `c-${id}`,
        provider_id: 'postgres',
        owner_id: owner,
        config: toJson(isReal ? config : {}),
        secrets: isReal
          ? testApp.secretBox.seal(JSON.stringify({ password }), SEALED_COLUMNS.connectionSecrets.in(id))
          : null,
        created_at: now,
        updated_at: now,
      })
      .execute()
    await addGrants('connection', id, organization, audience)
    const asset = {
      kind: 'connection' as const,
      id,
      organizationId: organization,
      ownerId: owner,
      audience,
      names: [`c-${id}`],
      credentialPolicy: 'owner' as const,
    }
    return { id, parameters: {}, asset } satisfies Target
  }

  async function addWorkflow(owner: string, organization: string, audience: Audience): Promise<Target> {
    const id = createId()
    await store
      .insertInto('workflows')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        connection_id: null,
        title: id,
        description: '',
        document: toJson({ schemaVersion: '1.0.0', nodes: [], edges: [] }),
        created_at: now,
        updated_at: now,
        deleted_at: null,
      })
      .execute()
    await addGrants('workflow', id, organization, audience)
    return {
      id,
      parameters: {},
      asset: { kind: 'workflow', id, organizationId: organization, ownerId: owner, audience, containers: [] },
    }
  }

  async function addProject(owner: string, organization: string, audience: Audience): Promise<Target> {
    const id = createId()
    await store
      .insertInto('projects')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        parent_id: null,
        name: id,
        description: '',
        created_at: now,
        updated_at: now,
      })
      .execute()
    await store.insertInto('project_ancestors').values({ project_id: id, ancestor_id: id, depth: 0 }).execute()
    await addGrants('project', id, organization, audience)
    return {
      id,
      parameters: {},
      asset: { kind: 'project', id, organizationId: organization, ownerId: owner, audience, containers: [] },
    }
  }

  async function addApplication(owner: string, organization: string, audience: Audience): Promise<Target> {
    const id = createId()
    await store
      .insertInto('applications')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        name: id,
        description: '',
        url: 'https://application.example',
        thumbnail: Buffer.from([0]),
        thumbnail_type: 'image/png',
        created_at: now,
        updated_at: now,
        deleted_at: null,
      })
      .execute()
    await addGrants('application', id, organization, audience)
    return {
      id,
      parameters: {},
      asset: { kind: 'application', id, organizationId: organization, ownerId: owner, audience },
    }
  }

  function datasetOf(connectionName: string): MapDocument['datasets'][number] {
    return {
      id: 'stores',
      type: 'table',
      source: 'demo.stores',
      connectionName,
      providerId: 'postgres',
      label: 'Stores',
      geoColumn: 'geom',
      columns: null,
      format: 'tilejson',
    }
  }

  /** One connection for everybody, except that what is somebody's own is theirs. */
  async function addSource(relation: (typeof RELATIONS)['source'][number], asker: Asker): Promise<void> {
    const organization = relation === 'abroad' ? ABROAD : organizationId
    const everybody = { ...NO_AUDIENCE, userIds: PERSON_ASKERS.map(idOf) }
    const audience = relation === 'named' ? everybody : audienceOf(relation, asker)
    const made = await addConnection(ownerOf(relation, asker), organization, audience, true)
    const { id } = made
    const name = `c-${id}`
    await store
      .insertInto('source_handles')
      .values({
        id: `handle-${id}`,
        organization_id: organization,
        connection_id: id,
        definition: toJson(STORES),
        created_at: now,
        last_used_at: now,
      })
      .execute()
    if (relation === 'drawn') {
      await addMap(colleagueId, organizationId, everybody, [datasetOf(name)])
    }
    const parameters = {
      name,
      connection: name,
      schema: 'demo',
      table: 'demo.stores',
      model: 'formula',
      handle: `handle-${id}`,
      z: '0',
      x: '0',
      y: '0',
      '*': `${name}/demo.stores/revenue`,
    }
    sources.set(relation === 'own' ? `own ${asker}` : relation, { ...made, parameters })
  }

  function sourceOf(relation: (typeof RELATIONS)['source'][number], asker: Asker): Target {
    // The maker of the token is the editor; nothing is a visitor's own.
    const owner = isPerson(asker) ? asker : 'editor'
    const found = sources.get(relation === 'own' ? `own ${owner}` : relation)
    if (found === undefined) throw new Error(`There is no source that is ${relation}.`)
    return found
  }

  /** The source with a job of the asker's on it, which has ended. */
  async function sourceWithJob(relation: (typeof RELATIONS)['source'][number], asker: Asker): Promise<Target> {
    const source = sourceOf(relation, asker)
    const id = createId()
    await store
      .insertInto('sql_jobs')
      .values({
        id,
        organization_id: organizationId,
        owner_id: idOf(asker),
        connection_id: source.id,
        query: 'SELECT 1',
        query_parameters: null,
        status: 'success',
        server_id: null,
        error: null,
        created_at: now,
        started_at: now,
        finished_at: now,
      })
      .execute()
    return { ...source, parameters: { ...source.parameters, id } }
  }

  async function addToken(owner: string, organization: string): Promise<Target> {
    const id = createId()
    await store
      .insertInto('tokens')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        name: id,
        token_hash: hashToken(createRandomToken('gtk_')),
        prefix: 'gtk_none',
        grants: toJson([]),
        allowed_apis: toJson(['maps']),
        referers: toJson([]),
        created_at: now,
      })
      .execute()
    return { id, parameters: {}, asset: { kind: 'token', id, organizationId: organization, ownerId: owner } }
  }

  async function addOAuthClient(owner: string, organization: string): Promise<Target> {
    const id = createId()
    await store
      .insertInto('oauth_clients')
      .values({
        id,
        organization_id: organization,
        owner_id: owner,
        kind: 'spa',
        title: id,
        callback_urls: toJson(['https://example.org/']),
        logout_urls: toJson([]),
        web_origins: toJson([]),
        cors_origins: toJson([]),
        created_at: now,
        updated_at: now,
      })
      .execute()
    return { id, parameters: {}, asset: { kind: 'oauth-client', id, organizationId: organization, ownerId: owner } }
  }

  /** Of a connection that is its owner's own; its SQL reads nothing. */
  async function addNamedSource(owner: string, organization: string): Promise<Target> {
    const id = createId()
    const name = id.toLowerCase()
    const connection = await addConnection(owner, organization, NO_AUDIENCE, false)
    await store
      .insertInto('named_sources')
      .values({
        id,
        organization_id: organization,
        connection_id: connection.id,
        owner_id: owner,
        name,
        description: '',
        sql: 'SELECT 1 AS one',
        created_at: now,
        updated_at: now,
      })
      .execute()
    const asset = { kind: 'named-source', id, organizationId: organization, ownerId: owner } as const
    return { id, parameters: { name }, asset }
  }

  async function addSession(owner: string): Promise<{ id: string; cookie: string }> {
    const id = createId()
    const secret = createRandomToken('gts_')
    await store
      .insertInto('sessions')
      .values({
        id,
        user_id: owner,
        token_hash: hashToken(secret),
        created_at: now,
        last_seen_at: now,
        expires_at: new Date(now.getTime() + 86_400_000),
        user_agent: 'test',
        ip_address: '127.0.0.1',
      })
      .execute()
    return { id, cookie: `${SESSION_COOKIE}=${secret}` }
  }

  async function addJoinRequest(organization: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('join_requests')
      .values({
        id,
        organization_id: organization,
        email: `${id}@example.org`,
        name: 'Nina',
        message: '',
        created_at: now,
      })
      .execute()
    return id
  }

  async function addDomain(organization: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('organization_domains')
      .values({ id, organization_id: organization, domain: `${id}.example`, challenge: id, created_at: now })
      .execute()
    return id
  }

  async function addInvitation(organization: string, by: string): Promise<string> {
    const id = createId()
    const later = new Date(now.getTime() + 86_400_000)
    await store
      .insertInto('invitations')
      .values({
        id,
        organization_id: organization,
        email: `${id}@example.org`,
        role: 'viewer',
        token_hash: hashToken(id),
        invited_by: by,
        created_at: now,
        sent_at: now,
        expires_at: later,
      })
      .execute()
    return id
  }

  async function addProvider(organization: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('identity_providers')
      .values({
        id,
        organization_id: organization,
        kind: 'oidc',
        name: id,
        // Nothing listens there.
        issuer: 'http://127.0.0.1:9/',
        client_id: 'graticule',
        client_secret: null,
        domains: toJson([]),
        default_role: 'viewer',
        enabled: false,
        tested_at: null,
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  async function addScimToken(organization: string, by: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('scim_tokens')
      .values({
        id,
        organization_id: organization,
        token_hash: hashToken(id),
        prefix: 'none',
        created_by: by,
        created_at: now,
        last_used_at: null,
        revoked_at: null,
      })
      .execute()
    return id
  }

  /** One that has ended. */
  async function addSupportGrant(organization: string, by: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('support_grants')
      .values({
        id,
        organization_id: organization,
        enabled_by: by,
        role: 'viewer',
        reason: 'It is over.',
        created_at: now,
        expires_at: now,
        ended_at: now,
        receiver_id: by,
      })
      .execute()
    return id
  }

  async function addDecision(organization: string, refusedId: string): Promise<string> {
    const id = createId()
    await store
      .insertInto('access_decisions')
      .values({
        id,
        organization_id: organization,
        at: now,
        principal_kind: 'user',
        principal_id: refusedId,
        action: 'map.create',
        rule: 'test',
        reason: 'No.',
        method: 'POST',
        route: '/workspace-api/maps',
        target: null,
        request_id: 'request',
      })
      .execute()
    return id
  }

  async function addRequest(mapOwner: string, organization: string, requesterId: string): Promise<string> {
    const id = createId()
    const map = await addMap(mapOwner, organization, NO_AUDIENCE)
    await store
      .insertInto('access_requests')
      .values({
        id,
        organization_id: organization,
        asset_kind: 'map',
        asset_id: map.id,
        wanted: 'open',
        requester_id: requesterId,
        message: '',
        created_at: now,
        decided_at: null,
      })
      .execute()
    return id
  }

  const bare = (id: string, parameters: Record<string, string> = {}): Target => ({ id, parameters, asset: null })

  async function make(subject: Subject, relation: Relation, asker: Asker): Promise<Target> {
    const isAbroad = relation === 'abroad'
    const organization = isAbroad ? ABROAD : organizationId
    const localId = isAbroad ? strangerId : colleagueId
    switch (subject) {
      case 'map': {
        const known = relation as (typeof RELATIONS)['map'][number]
        const datasets = asker === 'token' && known === 'named' ? [datasetOf(granted.parameters.name ?? '')] : []
        return addMap(ownerOf(known, asker), organization, audienceOf(known, asker), datasets, {
          isListed: known !== 'unlisted',
          isLocked: known === 'locked',
          isCollaborative: known === 'helped',
        })
      }
      case 'connection': {
        const known = relation as (typeof RELATIONS)['connection'][number]
        return addConnection(ownerOf(known, asker), organization, audienceOf(known, asker), false)
      }
      case 'workflow': {
        const known = relation as (typeof RELATIONS)['workflow'][number]
        return addWorkflow(ownerOf(known, asker), organization, audienceOf(known, asker))
      }
      case 'application': {
        const known = relation as (typeof RELATIONS)['application'][number]
        return addApplication(ownerOf(known, asker), organization, audienceOf(known, asker))
      }
      case 'project': {
        const known = relation as (typeof RELATIONS)['project'][number]
        return addProject(ownerOf(known, asker), organization, audienceOf(known, asker))
      }
      case 'source':
        return sourceWithJob(relation as (typeof RELATIONS)['source'][number], asker)
      case 'namedSource':
        return addNamedSource(relation === 'own' ? idOf(asker) : localId, organization)
      case 'oauthClient':
        return addOAuthClient(relation === 'own' ? idOf(asker) : localId, organization)
      case 'token':
        return addToken(relation === 'own' ? idOf(asker) : localId, organization)
      case 'session':
        return bare((await addSession(relation === 'own' ? idOf(asker) : localId)).id)
      case 'person': {
        const id = await addPerson(organization)
        await store
          .insertInto('totp_factors')
          .values({ user_id: id, secret: 'sealed', created_at: now, confirmed_at: now })
          .execute()
        return bare(id)
      }
      case 'joinRequest':
        return bare(await addJoinRequest(organization))
      case 'scimToken':
        return bare(await addScimToken(organization, localId))
      case 'supportGrant':
        return bare(await addSupportGrant(organization, localId))
      case 'group': {
        const id = await addGroup(organization)
        const userId = await addPerson(organization)
        await store.insertInto('group_members').values({ group_id: id, user_id: userId, added_at: now }).execute()
        return bare(id, { userId })
      }
      case 'domain':
        return bare(await addDomain(organization))
      case 'invitation':
        return bare(await addInvitation(organization, localId))
      case 'provider':
        return bare(await addProvider(organization))
      case 'request':
        return bare(await addRequest(relation === 'own' ? idOf(asker) : localId, organization, localId))
      case 'decision':
        return bare(await addDecision(organization, localId))
    }
  }

  return {
    idOf,
    async headersOf(asker, fresh = false): Promise<Record<string, string>> {
      if (asker === 'anonymous') return {}
      if (asker === 'token') return { authorization: `Bearer ${token}` }
      const known = fresh ? undefined : cookies.get(asker)
      const cookie = known ?? (await addSession(idOf(asker))).cookie
      if (!fresh) cookies.set(asker, cookie)
      return { cookie, 'sec-fetch-site': 'same-origin' }
    },
    principalOf(asker) {
      if (asker === 'anonymous') return { kind: 'anonymous' }
      if (asker === 'token') {
        return {
          kind: 'token',
          tokenId,
          ownerId: users.editor.id,
          organizationId,
          grants,
          allowedApis: ['maps', 'sql'],
        }
      }
      if (asker === 'support') {
        const groupIds = [groupId]
        const person = { userId: supportId, organizationId, role: 'admin', sessionId: 'none', groupIds } as const
        return { kind: 'user', ...person, support: supportStay }
      }
      const { id, role } = users[asker]
      const groupIds = smallGroupRoles.includes(role) ? [groupId, smallGroupId] : [groupId]
      return { kind: 'user', userId: id, organizationId, role, sessionId: 'none', groupIds }
    },
    async target(subject, relation, asker, isChanged) {
      if (isChanged) return make(subject, relation, asker)
      const key = `${subject} ${relation} ${asker}`
      const known = remembered.get(key) ?? make(subject, relation, asker)
      remembered.set(key, known)
      return known
    },
    addAsset: async (kind, ownerId, audience) => {
      switch (kind) {
        case 'map':
          return addMap(ownerId, organizationId, audience)
        case 'connection':
          return addConnection(ownerId, organizationId, audience, false)
        case 'workflow':
          return addWorkflow(ownerId, organizationId, audience)
        case 'application':
          return addApplication(ownerId, organizationId, audience)
        case 'project':
          return addProject(ownerId, organizationId, audience)
      }
    },
    groupIds: [groupId, smallGroupId],
    colleagueId,
    warehouse,
    async close() {
      await warehouse.close()
    },
  }
}
