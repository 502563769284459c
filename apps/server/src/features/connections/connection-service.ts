import {
  AppError,
  type ConnectionCreated,
  type ConnectionDependents,
  type ConnectionLogin,
  type ConnectionOptions,
  type ConnectionSummary,
  type CredentialPolicy,
  DEFAULT_CONNECTION_OPTIONS,
  DEFAULT_VIEWER_TOKEN,
  type SharingPreview,
  VIEWER_TOKEN_SIGN_IN,
  type ViewerAuthentication,
  type ViewerTokenSettings,
} from '@graticule/contract'
import {
  type Action,
  type Audience,
  authorize,
  type ConnectionAsset,
  type CredentialChoice,
  can,
  credentialFor,
  decideCredentialPolicy,
  decideProvider,
  decideReadRights,
  decideSignIn,
  isSameAudience,
  matches,
  NOBODY,
  ownOrSharedWhere,
  type Principal,
  type PublishedAs,
  privacyOf,
  sharingScopeOf,
  type UserPrincipal,
  visibleWhere,
  WHOLE_ORGANIZATION,
} from '@graticule/policy'
import type { Provider, Warehouse } from '@graticule/warehouses'
import type { Caller, UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import { type CacheIdentity, canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import { type Store, toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'
import type { GovernedWarehouse } from '../../platform/warehouses/governed-warehouse.ts'
import type { WarehousePool } from '../../platform/warehouses/warehouse-pool.ts'
import type { StatementContext, StatementPurpose, WarehouseTarget } from '../../platform/warehouses/warehouse-target.ts'
import { type AssetTransfer, describeTransfer, type ManagedAssets } from '../assets/managed-assets.ts'
import type { CountedConnection } from '../governance/governance-counts.ts'
import type { GovernanceRules } from '../governance/governance-rules.ts'
import { forgetOwnPublications } from '../maps/closing-publications.ts'
import type { PostureClearance } from '../posture/posture-service.ts'
import type { PublishingLoginService } from '../publishing/publishing-login-service.ts'
import { type AudienceService, describeAudience } from '../sharing/audience-service.ts'
import type { NamedAsset, ShareableAssets } from '../sharing/shareable-assets.ts'
import { type Handover, recordHandover } from '../users/handover.ts'
import { certificatesOf } from '../viewer-certificates/viewer-certificate-service.ts'
import type { ViewerCredentialService } from '../viewer-credentials/viewer-credential-service.ts'
import { tokenPlaceOf } from '../viewer-tokens/token-place.ts'
import { tokensOf } from '../viewer-tokens/viewer-token-service.ts'
import { type Connection, connectionAsset, connectionNames, isPersonalSource, ownTarget } from './connection.ts'
import { addBookmark, listBookmarked, removeBookmark } from './connection-bookmarks.ts'
import { checkConfig, splitConfig } from './connection-config.ts'
import { countByOwner, type DependentKind, listDependents, showDependents } from './connection-dependents.ts'
import type { ConnectionDirectory } from './connection-directory.ts'
import { aliasesAfter, holdFreeName, nameTaken, requireFreeName, requireUsableName } from './connection-naming.ts'
import { ConnectionRemoval, type RepointCounts } from './connection-removal.ts'
import {
  findConnection,
  holdNamedConnections,
  insertConnection,
  listConnections,
  listConnectionsById,
  lockConnection,
  type OwnedConnection,
  setCredentialPolicy,
  transferConnections,
  updateConnection,
} from './connection-store.ts'

export interface ConnectionServiceOptions {
  readonly store: Store
  readonly directory: ConnectionDirectory
  readonly audiences: AudienceService
  readonly governance: GovernanceRules
  /** Whether the organization forbids reading with the rights of somebody else where everybody has a login of their own. */
  readonly isOwnerRightsForbidden: (organizationId: string) => Promise<boolean>
  readonly pool: WarehousePool
  /** The logins that people give for themselves. */
  readonly viewerCredentials: ViewerCredentialService
  /** The databases, as host:port, to which an organization's identity providers let their tokens be sent. */
  readonly listTokenPlaces: (organizationId: string, transaction?: Store) => Promise<ReadonlySet<string>>
  /** The logins that connections hold for public maps. */
  readonly publishingLogins: PublishingLoginService
  /** What a public map was published to read a connection with; null where nothing was chosen, or it is not public. */
  readonly findPublishedAs: (mapId: string, connectionId: string) => Promise<PublishedAs | null>
  readonly secrets: SecretBox
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly providers: readonly Provider[]
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** The kinds of things that read from connections. */
  readonly dependents: readonly DependentKind[]
  /** Called after a connection changed or went, so that nothing made under its old login is served again. */
  readonly onChanged: (connectionId: string) => void
  /** Of an organization; moves with every change of rights in it. */
  readonly readPolicyEpoch: (organizationId: string) => Promise<string>
  /** Called after a connection got a login, its first or another one; must not wait for the warehouse. */
  readonly onLoginSaved: (caller: UserCaller, connectionId: string) => void
  /** Checks the login of a connection that others are to bring their own to; throws over what is red without a reason. */
  readonly requirePosture: (
    caller: UserCaller,
    connection: Connection,
    reason: string | undefined,
    wish?: string,
  ) => Promise<PostureClearance>
}

export interface ConnectionDraft {
  readonly name: string
  readonly providerId: string
  readonly config: Readonly<Record<string, unknown>>
  readonly options?: Partial<ConnectionOptions> | undefined
  readonly audience?: Audience | undefined
  readonly credentialPolicy?: CredentialPolicy | undefined
  readonly viewerAuthentication?: ViewerAuthentication | undefined
  readonly viewerToken?: ViewerTokenSettings | undefined
  /** Why viewer credentials are switched on over a red finding. */
  readonly postureReason?: string | undefined
}

/** Who asks, as far as it decides whose login answers. */
export type TargetCaller = Pick<Caller, 'principal' | 'notePersonal'>

/** A configuration to try; `connectionId` lends the stored secrets of a connection that is being edited. */
export interface ConnectionTrial {
  readonly providerId: string
  readonly config: Readonly<Record<string, unknown>>
  readonly connectionId?: string | undefined
}

export interface ConnectionEdit {
  readonly name?: string | undefined
  /** Replaces all that is not secret; a secret that is left out is kept, and one that is null removed. */
  readonly config?: Readonly<Record<string, unknown>> | undefined
  readonly options?: Partial<ConnectionOptions> | undefined
  /** Those of its earlier names that are kept. */
  readonly aliases?: readonly string[] | undefined
  /** What it was made on; 409 when that is not how it is any more. */
  readonly revision?: number | undefined
  readonly audience?: Audience | undefined
  readonly credentialPolicy?: CredentialPolicy | undefined
  readonly viewerAuthentication?: ViewerAuthentication | undefined
  readonly viewerToken?: ViewerTokenSettings | undefined
  /** Why viewer credentials are switched on over a red finding. */
  readonly postureReason?: string | undefined
}

/** A new configuration that was tried, and what saving it changes. */
interface PreparedLogin {
  readonly changes: { readonly config: string; readonly secrets: string | null }
  readonly signIns: readonly { readonly id: string; readonly label: string }[]
  readonly logins: readonly ConnectionLogin[]
  readonly visible: Readonly<Record<string, unknown>>
  readonly secret: Record<string, unknown>
}

/** The login that was checked before viewer credentials are switched on, and what came of it. */
interface Cleared extends PostureClearance {
  readonly credentialVersion: number
}

/** A connection as it is set up, with all that reads from it. */
export interface InspectedConnection extends OwnedConnection {
  readonly logins: readonly ConnectionLogin[]
  readonly dependents: ConnectionDependents['dependents']
  /** Whether whoever looks may browse its data. */
  readonly data: { readonly allowed: boolean; readonly reason: string }
}

/** The connections of an organization: who sees them, who changes them, and the doors they open. */
export class ConnectionService implements ShareableAssets, ManagedAssets {
  readonly #options: ConnectionServiceOptions
  readonly #record: RecordChange
  readonly #removal: ConnectionRemoval

  constructor(options: ConnectionServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'connection')
    this.#removal = new ConnectionRemoval({ ...options, record: this.#record })
  }

  async list(principal: Principal): Promise<ConnectionSummary[]> {
    const found = await listConnections(this.#options.store, visibleWhere(principal, 'connection'))
    return this.#summarizeAll(principal, found)
  }

  async get(principal: Principal, idOrName: string): Promise<ConnectionSummary> {
    const [summary] = await this.#summarizeAll(principal, [await this.#findOwned(principal, idOrName)])
    if (summary === undefined) throw notFound(idOrName)
    return summary
  }

  /** Keeps a connection that somebody may use at hand, or does so no longer; what is so already stays so. */
  async setBookmark(caller: UserCaller, idOrName: string, isKept: boolean): Promise<void> {
    const { userId } = caller.principal
    const { connection } = await this.#findOwned(caller.principal, idOrName)
    const { clock, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const isChanged = isKept
        ? await addBookmark(transaction, userId, connection.id, clock.now())
        : await removeBookmark(transaction, userId, connection.id)
      if (!isChanged) return
      const type = isKept ? 'connection.bookmarked' : 'connection.bookmark-removed'
      await this.#record(transaction, caller, type, connection.id, { name: connection.name })
    })
  }

  async #listBookmarked(principal: Principal): Promise<ReadonlySet<string>> {
    return principal.kind === 'user' ? listBookmarked(this.#options.store, principal.userId) : new Set()
  }

  /** The connection by id, name or alias; the caller decides with policy what may be done through it. */
  async find(principal: Principal, idOrName: string): Promise<Connection> {
    const connection =
      principal.kind === 'anonymous' ? null : await this.#options.directory.find(principal.organizationId, idOrName)
    if (!connection) throw notFound(idOrName)
    return connection
  }

  /** The same, when the principal may use it; 404 in the same words for one that is not there and one that is not theirs. */
  async findUsable(principal: Principal, idOrName: string): Promise<Connection> {
    return (await this.#findOwned(principal, idOrName)).connection
  }

  /** As it is now, past what is remembered; null when it is gone or of another organization. */
  async findById(organizationId: string, id: string): Promise<Connection | null> {
    const [owned] = await listConnectionsById(this.#options.store, [id])
    return owned?.connection.organizationId === organizationId ? owned.connection : null
  }

  /** As it is now, kept so until the transaction ends; null when it is gone. */
  async hold(transaction: Store, organizationId: string, id: string): Promise<Connection | null> {
    await lockConnection(transaction, id)
    return (await findConnection(transaction, organizationId, id))?.connection ?? null
  }

  findProvider(providerId: string): Provider {
    const provider = this.#options.providers.find((candidate) => candidate.id === providerId)
    if (!provider) throw new AppError('invalid_request', `There is no warehouse provider called "${providerId}".`)
    return provider
  }

  /**
   * Where statements of this caller go: the only place where a chosen credential meets its secrets. Throws
   * `credentials_required` when it is a login of their own, which they have not given.
   */
  async target({ principal, notePersonal }: TargetCaller, connection: Connection): Promise<WarehouseTarget> {
    // Said first, as the refusal is as personal as the data.
    if (isPersonalSource(connection)) notePersonal?.()
    const publishedAs =
      principal.kind === 'public-map' ? await this.#options.findPublishedAs(principal.mapId, connection.id) : null
    const choice = credentialFor(principal, connectionAsset(connection), publishedAs)
    return { ...(await this.#chosenTarget(principal, connection, choice)), ...(await this.#admissionTo(connection)) }
  }

  async #chosenTarget(
    principal: Principal,
    connection: Connection,
    choice: CredentialChoice,
  ): Promise<WarehouseTarget> {
    switch (choice.kind) {
      case 'publishing':
        return this.#options.publishingLogins.target(principal, connection, choice.loginId)
      case 'owner':
        return ownTarget(connection, (sealed) => this.#unseal(connection.id, sealed))
      case 'viewer':
        return this.#options.viewerCredentials.target(principal, connection, choice.userId)
    }
  }

  /** What is asked of each statement on a connection with viewer credentials, where the organization says so. */
  async #admissionTo({
    credentialPolicy,
    name,
    organizationId,
  }: Connection): Promise<Pick<WarehouseTarget, 'admitRights'>> {
    if (credentialPolicy !== 'viewer' || !(await this.#options.isOwnerRightsForbidden(organizationId))) return {}
    return {
      admitRights: (rights) => {
        const { allowed, reason, rule } = decideReadRights(name, rights)
        if (!allowed) throw new AppError('forbidden', reason, { details: { rule } })
      },
    }
  }

  /** Under whose name answers to this caller are kept. */
  async cacheIdentity(caller: TargetCaller, connection: Connection): Promise<CacheIdentity> {
    const policyEpoch = await this.#options.readPolicyEpoch(connection.organizationId)
    const target = await this.target(caller, connection)
    const { organizationId, connectionId, databaseIdentity, credentialVersion } = target
    return { organizationId, connectionId, databaseIdentity, credentialVersion, policyEpoch }
  }

  /** The warehouse of a connection, as this caller's statements may use it. */
  async warehouse(caller: Caller, connection: Connection, purpose: StatementPurpose): Promise<GovernedWarehouse> {
    const { mapId, principal, requestId } = caller
    return this.#options.pool.use(await this.target(caller, connection), { principal, requestId, purpose, mapId })
  }

  /** The warehouse under the connection's own login, for questions about that login alone: never for a person's data. */
  ownWarehouse(connection: Connection, context: StatementContext): GovernedWarehouse {
    const target = ownTarget(connection, (sealed) => this.#unseal(connection.id, sealed))
    // What was stored may be from a time when the provider took other settings.
    checkConfig(this.findProvider(connection.providerId), target.readConfig())
    return this.#options.pool.use(target, context)
  }

  /** The warehouse under a publishing login, for whoever looks at what the public would see. */
  async publishingWarehouse(
    { principal, requestId }: UserCaller,
    connection: Connection,
    loginId: string,
    mapId: string,
  ): Promise<GovernedWarehouse> {
    const login = await this.#options.publishingLogins.target(principal, connection, loginId)
    const target = { ...login, ...(await this.#admissionTo(connection)) }
    return this.#options.pool.use(target, { principal, requestId, purpose: 'publication', mapId })
  }

  /** Really connects with another login than the connection's own, and looks at what that one can do. */
  async tryLogin(
    caller: UserCaller,
    connection: Connection,
    config: Record<string, unknown>,
    reason: string | undefined,
  ): Promise<PostureClearance> {
    const provider = this.findProvider(connection.providerId)
    await this.#probe(caller, provider, config, connection)
    const { visible, secret } = splitConfig(provider, config)
    // Under an id of its own, so that its sockets serve nobody and its report is kept with no connection.
    const id = createId()
    const tried = { ...connection, id, config: visible, sealedSecrets: this.#seal(id, secret), credentialVersion: 1 }
    try {
      return await this.#options.requirePosture(caller, tried, reason, 'it is to be a publishing login')
    } finally {
      this.#options.pool.retireConnection(id)
    }
  }

  /** Really opens the configuration; the error says what failed. */
  async test(caller: UserCaller, trial: ConnectionTrial): Promise<Pick<Warehouse, 'version' | 'warnings'>> {
    let stored: Connection | null = null
    if (trial.connectionId === undefined) {
      authorize(caller.principal, 'connection.create')
      await this.#checkPolicies(caller.principal, trial.providerId, trial.config)
    } else {
      stored = (await this.#findOwned(caller.principal, trial.connectionId)).connection
      authorize(caller.principal, 'connection.update', connectionAsset(stored))
    }
    const provider = this.findProvider(trial.providerId)
    const config = { ...trial.config, ...this.#mergeSecrets(provider, trial.config, stored) }
    return this.#probe(caller, provider, config, stored ?? { id: 'trial', name: 'a new connection' })
  }

  async create(caller: UserCaller, draft: ConnectionDraft): Promise<ConnectionCreated> {
    const { principal } = caller
    authorize(principal, 'connection.create')
    const provider = this.findProvider(draft.providerId)
    const { visible, secret } = splitConfig(provider, draft.config)
    await this.#checkPolicies(principal, draft.providerId, draft.config)
    requireUsableName(draft.name)
    await requireFreeName(this.#options.store, principal.organizationId, draft.name)
    const id = createId()
    const { credentialPolicy = 'owner' } = draft
    const viewerAuthentication = chooseAuthentication(credentialPolicy, draft.viewerAuthentication, 'stored')
    const viewerToken = chooseToken(viewerAuthentication, draft.viewerToken, null)
    requireFit(provider, visible, credentialPolicy, viewerAuthentication)
    if (viewerToken !== null) await this.#requireTokenPlace(principal.organizationId, provider, visible)
    await this.#probe(caller, provider, { ...visible, ...secret }, { id, name: draft.name })
    const clearance = credentialPolicy === 'viewer' ? await this.#clearDraft(caller, draft, id) : null

    const now = this.#options.clock.now()
    try {
      await this.#options.store.transaction().execute(async (transaction) => {
        await holdFreeName(transaction, principal.organizationId, draft.name)
        await this.#options.audiences.hold(
          transaction,
          'connection',
          principal.organizationId,
          draft.audience ?? NOBODY,
        )
        await this.#options.holdRight(transaction, principal, 'connection.create')
        const signIns = listSignIns(provider, { ...visible, ...secret })
        await this.#options.governance.hold(transaction, principal, (policies, maker) => {
          const decision = decideProvider(policies, maker, provider)
          const all = viewerToken === null ? signIns : [...signIns, VIEWER_TOKEN_SIGN_IN]
          return decision.allowed ? decideSignIn(policies, maker, all) : decision
        })
        const audience = await this.#chooseAudience(transaction, principal, credentialPolicy, draft.audience)
        await insertConnection(transaction, {
          id,
          organization_id: principal.organizationId,
          name: draft.name,
          provider_id: provider.id,
          owner_id: principal.userId,
          embedded: false,
          config: toJson(visible),
          secrets: this.#seal(id, secret),
          credential_version: 1,
          credential_policy: credentialPolicy,
          viewer_authentication: viewerAuthentication,
          viewer_token: viewerToken && toJson(viewerToken),
          aliases: toJson([]),
          options: toJson(readOptions({ ...DEFAULT_CONNECTION_OPTIONS, ...draft.options })),
          created_at: now,
          updated_at: now,
        })
        await this.#options.audiences.replace(
          transaction,
          { kind: 'connection', id, organizationId: principal.organizationId },
          audience,
          principal.userId,
        )
        requireShareable(listLogins(provider, { ...visible, ...secret }), credentialPolicy, audience)
        const shared = isSameAudience(audience, NOBODY) ? {} : { audience: describeAudience(audience) }
        const cleared = describeClearance(clearance)
        const ownLogins = { viewerAuthentication, ...(viewerToken !== null && { viewerToken }) }
        const logins = { credentialPolicy, ...(credentialPolicy === 'viewer' && ownLogins) }
        const details = { name: draft.name, providerId: provider.id, ...logins, ...cleared, ...shared }
        await this.#record(transaction, caller, 'connection.created', id, details)
      })
    } catch (error) {
      // Its login may be open by now, for the check.
      this.#options.pool.retireConnection(id)
      if (isUniqueViolation(error, 'connections_name')) throw nameTaken(draft.name)
      throw error
    }
    this.#options.directory.forget()
    this.#options.onLoginSaved(caller, id)
    const warnings = await this.#options.governance.listConnectionWarnings(principal.organizationId)
    return { ...(await this.get(principal, id)), warnings }
  }

  /** Adds the connection to the warehouse that the server runs itself, shared with everybody, unless it is there. */
  async ensureEmbedded(
    organizationId: string,
    draft: { readonly name: string; readonly aliases: readonly string[]; readonly providerId: string },
  ): Promise<void> {
    if (await findConnection(this.#options.store, organizationId, draft.name)) return
    const id = createId()
    const now = this.#options.clock.now()
    await this.#options.store.transaction().execute(async (transaction) => {
      await insertConnection(transaction, {
        id,
        organization_id: organizationId,
        name: draft.name,
        provider_id: draft.providerId,
        owner_id: null,
        embedded: true,
        config: toJson({}),
        secrets: null,
        credential_version: 1,
        aliases: toJson(draft.aliases),
        created_at: now,
        updated_at: now,
      })
      const embedded = { kind: 'connection', id, organizationId } as const
      await this.#options.audiences.replace(transaction, embedded, WHOLE_ORGANIZATION, null)
      await this.#options.activity.record(transaction, {
        organizationId,
        actor: SYSTEM_ACTOR,
        type: 'connection.created',
        assetType: 'connection',
        assetId: id,
        details: { name: draft.name, providerId: draft.providerId },
      })
    })
    this.#options.directory.forget()
  }

  async findShareable(principal: Principal, idOrName: string): Promise<NamedAsset> {
    return toNamed(await this.#findOwned(principal, idOrName))
  }

  async listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]> {
    return (await listConnectionsById(transaction ?? this.#options.store, ids)).map(toNamed)
  }

  /** The facts about those of these connections that there are. */
  async listAssets(ids: readonly string[]): Promise<ConnectionAsset[]> {
    return (await listConnectionsById(this.#options.store, ids)).map(({ connection }) => connectionAsset(connection))
  }

  /** Every connection of an organization that somebody made, by what governance policies ask about it. */
  async listCounted(organizationId: string, store: Store = this.#options.store): Promise<CountedConnection[]> {
    const everything = { type: 'equals', field: 'organizationId', value: organizationId } as const
    const found = await listConnections(store, everything)
    return found.flatMap(({ connection }) => {
      if (connection.embedded) return []
      const { audience, credentialPolicy, providerId, ownerId } = connection
      const signIns = this.#listStoredSignIns(connection).map(({ id }) => id)
      const lendsItsLogin = credentialPolicy === 'owner' && !isSameAudience(audience, NOBODY)
      return [{ providerId, ownerId, signIns, lendsItsLogin }]
    })
  }

  /** Whose maps, workflows and tokens read from a connection, of these people, and how many of each kind. */
  async listBreaks(
    asker: UserPrincipal,
    id: string,
    people: readonly UserPrincipal[],
  ): Promise<SharingPreview['breaks']> {
    const { dependents, store } = this.#options
    const owned = await findConnection(store, asker.organizationId, id)
    if (!owned || people.length === 0) return []
    const found = await listDependents(dependents, store, asker, owned.connection)
    const ids = new Set(people.map(({ userId }) => userId))
    return countByOwner(found).filter(({ owner }) => ids.has(owner.id))
  }

  /** Which of these names connections answer to, none of which can be deleted until the transaction ends. */
  async holdNamed(transaction: Store, organizationId: string, names: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await holdNamedConnections(transaction, organizationId, names))
  }

  async setAudience(caller: UserCaller, idOrName: string, audience: Audience): Promise<void> {
    await this.update(caller, idOrName, { audience })
  }

  async update(caller: UserCaller, idOrName: string, edit: ConnectionEdit): Promise<ConnectionSummary> {
    const { principal } = caller
    const { connection } = await this.#findOwned(principal, idOrName)
    const asset = connectionAsset(connection)
    const { audience, config, credentialPolicy, viewerAuthentication, viewerToken, postureReason, revision, ...rest } =
      edit
    const isShared = audience !== undefined || saysWhoseLogin(edit)
    const isEdit = config !== undefined || Object.values(rest).some((value) => value !== undefined)
    if (isEdit || !isShared) authorize(principal, 'connection.update', asset)
    if (isShared) authorize(principal, 'connection.share', asset)
    if (revision !== undefined && revision !== connection.revision) throw changedMeanwhile()
    if (edit.name !== undefined) requireUsableName(edit.name)
    const login = config === undefined ? null : await this.#prepareLogin(caller, connection, config)
    const isSwitchedOn = credentialPolicy === 'viewer' && connection.credentialPolicy !== 'viewer'
    const cleared = isSwitchedOn ? await this.#clear(caller, connection, edit, login) : null
    let isRepointed = false
    try {
      await this.#options.store.transaction().execute(async (transaction) => {
        if (edit.name !== undefined && !connectionNames(connection).includes(edit.name)) {
          await holdFreeName(transaction, connection.organizationId, edit.name)
        }
        if (isShared || login) await this.#share(transaction, caller, connection, edit, login, cleared)
        if (login) {
          const before = this.#listStoredSignIns(connection).map(({ id }) => id)
          const added = login.signIns.filter(({ id }) => !before.includes(id))
          await this.#options.governance.hold(transaction, principal, (policies, editor) =>
            decideSignIn(policies, editor, added),
          )
        }
        if (isEdit) isRepointed = await this.#edit(transaction, caller, connection, edit, login?.changes ?? null)
      })
    } catch (error) {
      if (edit.name !== undefined && isUniqueViolation(error, 'connections_name')) throw nameTaken(edit.name)
      throw error
    }
    if (isRepointed) for (const kind of this.#options.dependents) kind.onRepointed?.()
    this.#forget(connection.id)
    if (login) this.#options.onLoginSaved(caller, connection.id)
    return this.get(principal, connection.id)
  }

  /** Writes an edit with its event; true when what named the connection by a name that it lost names it anew. */
  async #edit(
    transaction: Store,
    caller: UserCaller,
    before: Connection,
    { name = before.name, aliases: keptAliases, options }: ConnectionEdit,
    login: { readonly config: string; readonly secrets: string | null } | null,
  ): Promise<boolean> {
    await lockConnection(transaction, before.id)
    const found = await findConnection(transaction, before.organizationId, before.id)
    if (!found) throw notFound(before.name)
    authorize(caller.principal, 'connection.update', connectionAsset(found.connection))
    if (found.connection.revision !== before.revision) throw changedMeanwhile()
    const aliases = aliasesAfter(before, { name, aliases: keptAliases })
    const changed = readOptions({ ...before.options, ...options })
    const isUsedOtherwise = canonicalJson(changed) !== canonicalJson(before.options)
    await updateConnection(transaction, before.id, before.credentialVersion, {
      ...login,
      name,
      aliases: toJson(aliases),
      options: toJson(changed),
      revision: before.revision + 1,
      // Answers kept and sockets opened under the old settings serve nobody any more, on any server.
      credential_version: before.credentialVersion + (login || isUsedOtherwise ? 1 : 0),
      updated_at: this.#options.clock.now(),
    })
    const after = { ...found.connection, name, aliases }
    if (login) await forgetOwnPublications(transaction, [before.id])
    const lost = before.aliases.filter((alias) => !connectionNames(after).includes(alias))
    if (lost.length > 0) {
      const repointing = { caller, from: before, names: lost, to: after, cause: 'connection.updated' }
      for (const kind of this.#options.dependents) await kind.repoint(transaction, repointing)
    }
    const details = {
      name,
      ...(name === before.name ? {} : { from: before.name }),
      ...(lost.length === 0 ? {} : { aliasesRemoved: lost }),
      ...(login ? { login: true } : {}),
      ...(isUsedOtherwise ? { options: changed } : {}),
    }
    const type = name === before.name ? 'connection.updated' : 'connection.renamed'
    await this.#record(transaction, caller, type, before.id, details)
    return lost.length > 0
  }

  /** What reads from it, for whoever is about to change or delete it. */
  async listDependents({ principal }: UserCaller, idOrName: string): Promise<ConnectionDependents> {
    const { connection } = await this.#findOwned(principal, idOrName)
    authorize(principal, 'connection.update', connectionAsset(connection))
    const { dependents, store } = this.#options
    return showDependents(await listDependents(dependents, store, principal, connection))
  }

  /**
   * How it is set up, for who manages the assets of everybody; its data stays closed to whom it is not shared with.
   * Whoever looks by nothing but their role is seen to.
   */
  async inspect(caller: UserCaller, id: string): Promise<InspectedConnection> {
    const { activity, dependents, store } = this.#options
    const { principal, requestId } = caller
    authorize(principal, 'asset.manage')
    const { connection, owner } = await this.#findManaged(caller, id)
    const asset = connectionAsset(connection)
    const reading = await listDependents(dependents, store, principal, connection)
    if (!matches(ownOrSharedWhere(principal, 'connection'), asset)) {
      activity.enqueue({
        organizationId: connection.organizationId,
        actor: actorOf(principal),
        type: 'connection.inspected',
        assetType: 'connection',
        assetId: id,
        requestId,
        details: { name: connection.name },
      })
    }
    const data = can(principal, 'data.browse', asset)
    return {
      connection,
      owner,
      logins: this.#listLogins(connection),
      dependents: reading.flatMap(({ kind, found: each }) =>
        each.map(({ id: dependentId, owner: whose, title }) => ({ kind, id: dependentId, title, owner: whose })),
      ),
      data: { allowed: data.allowed, reason: data.reason },
    }
  }

  /**
   * Deletes it; 409 with what reads from it. With a target, another connection by id or name, all of that reads from the
   * target from then on.
   */
  async remove(caller: UserCaller, idOrName: string, target?: string): Promise<RepointCounts> {
    const { principal } = caller
    const { connection } = await this.#findOwned(principal, idOrName)
    authorize(principal, 'connection.delete', connectionAsset(connection))
    const targetId = target === undefined ? undefined : (await this.#findOwned(principal, target)).connection.id
    return this.#remove(caller, connection, (found) => authorize(principal, 'connection.delete', found), targetId)
  }

  async removeManaged(caller: UserCaller, id: string): Promise<void> {
    const { connection } = await this.#findManaged(caller, id)
    await this.#remove(caller, connection, (found) => {
      if (found.ownerId === null) throw systemsOwn(connection.name)
    })
  }

  async transfer(id: string, { caller, to, hold }: AssetTransfer): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      await hold(transaction)
      await lockConnection(transaction, id)
      const { connection, owner } = await this.#findManaged(caller, id, transaction)
      if (owner === null) throw systemsOwn(connection.name)
      if (owner.id === to.id) return
      await updateConnection(transaction, id, connection.credentialVersion, { owner_id: to.id })
      await forgetOwnPublications(transaction, [id])
      const details = { name: connection.name, ...describeTransfer(owner, to) }
      await this.#record(transaction, caller, 'connection.transferred', id, details)
      // Its owner reads with the connection's own login.
      const cause = { type: 'connection.transferred', requestId: caller.requestId }
      await this.#options.viewerCredentials.removeAll(transaction, { connectionId: id, userId: to.id }, cause)
    })
    this.#forget(id)
  }

  async #remove(
    caller: UserCaller,
    connection: Connection,
    demand: (asset: ConnectionAsset) => void,
    targetId?: string,
  ): Promise<RepointCounts> {
    const repointed = await this.#removal.remove(caller, { connection, targetId, demand })
    this.#forget(connection.id)
    return repointed
  }

  /** Gives all connections of a person to another, with their sharing and login as they are. */
  /** Those of the connections of these names that the person may use, as things are inside the transaction. */
  async listUsable(transaction: Store, person: UserPrincipal, names: readonly string[]): Promise<ReadonlySet<string>> {
    const usable = new Set<string>()
    for (const name of names) {
      const found = await findConnection(transaction, person.organizationId, name)
      if (found && can(person, 'connection.use', connectionAsset(found.connection)).allowed) usable.add(name)
    }
    return usable
  }

  async handOver(transaction: Store, handover: Handover): Promise<number> {
    const connections = await transferConnections(transaction, handover.from.id, handover.to.id)
    const assets = connections.map(({ id, organization_id: organizationId, name }) => ({
      id,
      organizationId,
      details: { name },
    }))
    await recordHandover(this.#options.activity, transaction, 'connection', handover, assets)
    await forgetOwnPublications(
      transaction,
      connections.map(({ id }) => id),
    )
    const { viewerCredentials } = this.#options
    const cause = { type: handover.cause, requestId: handover.caller.requestId }
    for (const { id } of connections) {
      await viewerCredentials.removeAll(transaction, { connectionId: id, userId: handover.to.id }, cause)
    }
    return connections.length
  }

  /**
   * Sets with whom it is shared and whose login serves them, as far as the edit says, and holds that it can be shared so
   * with what it signs in with: what is stored, unless a new login is.
   */
  async #share(
    transaction: Store,
    caller: UserCaller,
    connection: Connection,
    edit: ConnectionEdit,
    login: PreparedLogin | null,
    cleared: Cleared | null,
  ): Promise<void> {
    const { id, name, organizationId } = connection
    const { audiences, governance } = this.#options
    if (edit.audience) await audiences.hold(transaction, 'connection', organizationId, edit.audience)
    await lockConnection(transaction, id)
    const found = await findConnection(transaction, organizationId, id)
    if (!found) throw notFound(id)
    // It may have been handed to somebody else, or shared otherwise, until it was locked.
    const asset = connectionAsset(found.connection)
    const { audience = asset.audience, credentialPolicy = asset.credentialPolicy } = edit
    const before = found.connection.viewerAuthentication
    const viewerAuthentication = chooseAuthentication(credentialPolicy, edit.viewerAuthentication, before)
    const tokenBefore = found.connection.viewerToken
    const viewerToken = chooseToken(viewerAuthentication, edit.viewerToken, tokenBefore)
    const isTokenChanged = canonicalJson(viewerToken) !== canonicalJson(tokenBefore)
    const isAudienceChanged = !isSameAudience(audience, asset.audience)
    const isPolicyChanged = credentialPolicy !== asset.credentialPolicy
    const isWayChanged = viewerAuthentication !== before
    requireShareable(login?.logins ?? this.#listLogins(found.connection), credentialPolicy, audience)
    const provider = this.findProvider(found.connection.providerId)
    requireFit(provider, login?.visible ?? found.connection.config, credentialPolicy, viewerAuthentication)
    if (edit.audience !== undefined || saysWhoseLogin(edit)) authorize(caller.principal, 'connection.share', asset)
    if (viewerToken !== null && (isWayChanged || login)) {
      await this.#requireTokenPlace(organizationId, provider, login?.visible ?? found.connection.config, transaction)
    }
    if (viewerToken !== null && isWayChanged) {
      await governance.hold(transaction, caller.principal, (policies, editor) =>
        decideSignIn(policies, editor, [VIEWER_TOKEN_SIGN_IN]),
      )
    }
    // Lending one's own login to those who brought theirs gives them something, as sharing it anew would.
    const isLent = isPolicyChanged && credentialPolicy === 'owner' && !isSameAudience(audience, NOBODY)
    if (isAudienceChanged || isLent) {
      const judged = { ...asset, credentialPolicy, ...(isLent && { audience: NOBODY }) }
      await governance.holdAudience(transaction, caller.principal, judged, audience)
    }
    if (isAudienceChanged) {
      await audiences.replace(transaction, asset, audience, caller.principal.userId)
      const change = { from: privacyOf(asset.audience), to: privacyOf(audience), ...describeAudience(audience) }
      await this.#record(transaction, caller, 'connection.privacy-changed', id, { name, ...change })
    }
    if (isPolicyChanged || isWayChanged || isTokenChanged) {
      // Another login than the one that was checked, or switched off and on again meanwhile.
      const isChecked = cleared?.credentialVersion === found.connection.credentialVersion
      if (isPolicyChanged && credentialPolicy === 'viewer' && !isChecked) throw changedMeanwhile()
      await setCredentialPolicy(transaction, id, credentialPolicy, viewerAuthentication, viewerToken)
      if (isPolicyChanged) await forgetOwnPublications(transaction, [id])
      const type = 'connection.credential-policy-changed'
      const change = {
        ...{ from: asset.credentialPolicy, to: credentialPolicy, viewerAuthentication },
        ...(viewerToken !== null && { viewerToken }),
        ...describeClearance(cleared),
      }
      await this.#record(transaction, caller, type, id, { name, ...change })
      // Nothing uses them any more, and secrets are not kept for nothing.
      if (viewerAuthentication !== 'stored' || credentialPolicy === 'owner') {
        const { requestId } = caller
        await this.#options.viewerCredentials.removeAll(transaction, { connectionId: id }, { type, requestId })
      }
    }
  }

  /** Checks the login that a new connection comes with, before there is anything to keep the report with. */
  async #clearDraft(caller: UserCaller, draft: ConnectionDraft, id: string): Promise<PostureClearance> {
    const provider = this.findProvider(draft.providerId)
    const { visible, secret } = splitConfig(provider, draft.config)
    const { audience = NOBODY, name, postureReason } = draft
    requireShareable(listLogins(provider, { ...visible, ...secret }), 'viewer', audience)
    const now = this.#options.clock.now()
    const connection: Connection = {
      ...{ id, name, aliases: [], audience, credentialPolicy: 'viewer', embedded: false, revision: 1 },
      viewerAuthentication: draft.viewerAuthentication ?? 'stored',
      viewerToken: draft.viewerToken ?? null,
      ...{ organizationId: caller.principal.organizationId, ownerId: caller.principal.userId },
      ...{ providerId: provider.id, config: visible, sealedSecrets: this.#seal(id, secret), credentialVersion: 1 },
      options: { ...DEFAULT_CONNECTION_OPTIONS, ...draft.options },
      ...{ createdAt: now, updatedAt: now },
    }
    try {
      return await this.#options.requirePosture(caller, connection, postureReason)
    } catch (error) {
      this.#options.pool.retireConnection(id)
      throw error
    }
  }

  /** Checks the login that a connection will have after the edit which switches viewer credentials on. */
  async #clear(
    caller: UserCaller,
    connection: Connection,
    { audience = connection.audience, postureReason }: ConnectionEdit,
    login: PreparedLogin | null,
  ): Promise<Cleared> {
    const { pool, requirePosture } = this.#options
    const { credentialVersion } = connection
    requireShareable(login?.logins ?? this.#listLogins(connection), 'viewer', audience)
    if (login === null) return { ...(await requirePosture(caller, connection, postureReason)), credentialVersion }
    // Under an id of its own, so that its sockets serve nobody and its report is kept nowhere before it is saved.
    const id = createId()
    const sealedSecrets = this.#seal(id, login.secret)
    const changed = { ...connection, id, config: login.visible, sealedSecrets, credentialVersion: 1 }
    try {
      return { ...(await requirePosture(caller, changed, postureReason)), credentialVersion }
    } finally {
      pool.retireConnection(id)
    }
  }

  /** Refuses to send tokens to a database that no admin has named: whoever keeps it could use them elsewhere. */
  async #requireTokenPlace(
    organizationId: string,
    provider: Provider,
    config: Readonly<Record<string, unknown>>,
    transaction?: Store,
  ): Promise<void> {
    const place = tokenPlaceOf(provider, config)
    const places = await this.#options.listTokenPlaces(organizationId, transaction)
    if (places.has(place)) return
    const sentence = `No identity provider of this organization lets its tokens be sent to ${place}; ask an admin to add that to the databases of the identity provider.`
    throw new AppError('rule_violated', sentence, { details: { rule: 'credential.token.place' } })
  }

  /** What a new configuration changes, once a login with it worked; null when it says what is stored already. */
  async #prepareLogin(
    caller: UserCaller,
    connection: Connection,
    config: Readonly<Record<string, unknown>>,
  ): Promise<PreparedLogin | null> {
    const provider = this.findProvider(connection.providerId)
    const { visible } = splitConfig(provider, config)
    const kept = connection.sealedSecrets ? this.#unseal(connection.id, connection.sealedSecrets) : {}
    const secret = this.#mergeSecrets(provider, config, connection)
    if (canonicalJson([visible, secret]) === canonicalJson([connection.config, kept])) return null
    await this.#probe(caller, provider, { ...visible, ...secret }, connection)
    const changes = { config: toJson(visible), secrets: this.#seal(connection.id, secret) }
    const full = { ...visible, ...secret }
    return { changes, signIns: listSignIns(provider, full), logins: listLogins(provider, full), visible, secret }
  }

  /** Tells before the warehouse is asked that the policies forbid it; they are held when the connection is made. */
  async #checkPolicies(
    principal: UserPrincipal,
    providerId: string,
    config: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const provider = this.findProvider(providerId)
    const { visible, secret } = splitConfig(provider, config)
    const signIns = listSignIns(provider, { ...visible, ...secret })
    await this.#options.governance.check(principal, (policies) => {
      const decision = decideProvider(policies, principal, provider)
      return decision.allowed ? decideSignIn(policies, principal, signIns) : decision
    })
  }

  /** Whom a new connection is shared with: as its maker says, if they may, or as the default. */
  async #chooseAudience(
    transaction: Store,
    principal: UserPrincipal,
    credentialPolicy: CredentialPolicy,
    wish: Audience | undefined,
  ): Promise<Audience> {
    const { audiences, governance } = this.#options
    const { organizationId, userId: ownerId } = principal
    if (wish !== undefined) {
      const asset = { kind: 'connection', organizationId, ownerId, audience: null, credentialPolicy } as const
      await governance.holdAudience(transaction, principal, asset, wish)
      return wish
    }
    const audience = await governance.holdDefault(transaction, principal, 'connection', credentialPolicy)
    await audiences.hold(transaction, 'connection', organizationId, audience)
    return audience
  }

  #listStoredSignIns(connection: Connection) {
    return listSignIns(this.findProvider(connection.providerId), this.#readConfig(connection))
  }

  /** What the stored login of a connection signs in with. */
  listLoginsOf(connection: Connection): ConnectionLogin[] {
    return this.#listLogins(connection)
  }

  #listLogins(connection: Connection): ConnectionLogin[] {
    if (connection.embedded) return ['embedded']
    return listLogins(this.findProvider(connection.providerId), this.#readConfig(connection))
  }

  #readConfig({ config, id, sealedSecrets }: Connection): Record<string, unknown> {
    return { ...config, ...(sealedSecrets ? this.#unseal(id, sealedSecrets) : {}) }
  }

  #mergeSecrets(provider: Provider, config: Readonly<Record<string, unknown>>, stored: Connection | null) {
    const { removed, secret } = splitConfig(provider, config)
    const kept = Object.entries(stored?.sealedSecrets ? this.#unseal(stored.id, stored.sealedSecrets) : {})
    return { ...Object.fromEntries(kept.filter(([name]) => !removed.includes(name))), ...secret }
  }

  async #probe(
    { principal, requestId }: UserCaller,
    provider: Provider,
    config: Record<string, unknown>,
    connection: { readonly id: string; readonly name: string },
  ): Promise<Pick<Warehouse, 'version' | 'warnings'>> {
    checkConfig(provider, config)
    const target: WarehouseTarget = {
      organizationId: principal.organizationId,
      connectionId: connection.id,
      connectionName: connection.name,
      providerId: provider.id,
      databaseIdentity: 'trial',
      credentialVersion: 0,
      embedded: false,
      readConfig: () => config,
    }
    return this.#options.pool.probe(target, { principal, requestId, purpose: 'connection-test' })
  }

  async #findOwned(principal: Principal, idOrName: string): Promise<OwnedConnection> {
    const owned =
      principal.kind === 'anonymous'
        ? null
        : await findConnection(this.#options.store, principal.organizationId, idOrName)
    // In the same words for one that is not there and one that is not theirs to know of.
    if (!owned || !can(principal, 'connection.use', connectionAsset(owned.connection)).allowed) {
      throw notFound(idOrName)
    }
    return owned
  }

  /** Any connection of the caller's organization by its id. */
  async #findManaged({ principal }: UserCaller, id: string, store?: Store): Promise<OwnedConnection> {
    const [owned] = await listConnectionsById(store ?? this.#options.store, [id])
    if (owned?.connection.organizationId !== principal.organizationId) throw notFound(id)
    return owned
  }

  #seal(connectionId: string, secret: Record<string, unknown>): string | null {
    if (Object.keys(secret).length === 0) return null
    return this.#options.secrets.seal(JSON.stringify(secret), SEALED_COLUMNS.connectionSecrets.in(connectionId))
  }

  #unseal(connectionId: string, sealed: string): Record<string, unknown> {
    return JSON.parse(this.#options.secrets.open(sealed, SEALED_COLUMNS.connectionSecrets.in(connectionId))) as Record<
      string,
      unknown
    >
  }

  /** Where the sockets of an organization's connections go, by their names. */
  async listDestinations(organizationId: string, store: Store = this.#options.store) {
    const everything = { type: 'equals', field: 'organizationId', value: organizationId } as const
    const found = await listConnections(store, everything)
    return found.flatMap(({ connection }) => {
      if (connection.embedded) return []
      const destination = this.findProvider(connection.providerId).destinationOf({ ...connection.config })
      // What was stored without a host, by whatever way, leads nowhere until it is edited.
      if (typeof destination.host !== 'string' || destination.host === '') return []
      return [{ ...destination, name: connection.name }]
    })
  }

  /** The ids of all connections of an organization. */
  async listIdsOf(organizationId: string): Promise<string[]> {
    const connections = await listConnections(this.#options.store, {
      type: 'equals',
      field: 'organizationId',
      value: organizationId,
    })
    return connections.map(({ connection }) => connection.id)
  }

  /** Closes and forgets what is open or remembered of connections that are gone. */
  forgetAll(connectionIds: readonly string[]): void {
    for (const id of connectionIds) this.#forget(id)
  }

  #forget(connectionId: string): void {
    this.#options.directory.forget()
    this.#options.viewerCredentials.forget()
    this.#options.publishingLogins.forget()
    this.#options.pool.retireConnection(connectionId)
    this.#options.onChanged(connectionId)
  }

  async #summarizeAll(principal: Principal, found: readonly OwnedConnection[]): Promise<ConnectionSummary[]> {
    const connections = found.map(({ connection }) => connection)
    const states =
      principal.kind === 'user'
        ? await this.#options.viewerCredentials.listStates(principal, connections)
        : new Map<string, never>()
    const bookmarked = await this.#listBookmarked(principal)
    return found.map((owned) => ({
      ...this.#summarize(principal, owned, bookmarked.has(owned.connection.id)),
      myCredentials: states.get(owned.connection.id) ?? null,
    }))
  }

  #summarize(
    principal: Principal,
    { connection, owner }: OwnedConnection,
    isBookmarked: boolean,
  ): Omit<ConnectionSummary, 'myCredentials'> {
    const asset = connectionAsset(connection)
    const edit = can(principal, 'connection.update', asset)
    const canSeeLogin = edit.allowed || (principal.kind === 'user' && principal.userId === connection.ownerId)
    return {
      id: connection.id,
      name: connection.name,
      providerId: connection.providerId,
      owner: owner ?? { id: 'system', name: 'Graticule', email: '' },
      privacy: privacyOf(connection.audience),
      sharingScope: sharingScopeOf(connection.audience),
      credentialPolicy: connection.credentialPolicy,
      viewerAuthentication: connection.viewerAuthentication,
      viewerToken: canSeeLogin ? connection.viewerToken : null,
      logins: this.#listLogins(connection),
      embedded: connection.embedded,
      // Hosts and logins are for those who keep the connection, not for all who use it.
      config: canSeeLogin ? { ...connection.config } : {},
      ...(canSeeLogin ? { signIns: this.#listStoredSignIns(connection).map(({ id }) => id) } : {}),
      options: connection.options,
      aliases: [...connection.aliases],
      revision: connection.revision,
      bookmarked: isBookmarked,
      createdAt: connection.createdAt.toISOString(),
      updatedAt: connection.updatedAt.toISOString(),
      permissions: {
        edit: permission(edit),
        delete: permission(can(principal, 'connection.delete', asset)),
        share: permission(can(principal, 'connection.share', asset)),
      },
    }
  }
}

function permission(decision: { readonly allowed: boolean; readonly reason: string }) {
  return decision.allowed ? { allowed: true } : { allowed: false, reason: decision.reason }
}

/** The options that there are, and nothing else that was sent along. */
function readOptions(options: ConnectionOptions): ConnectionOptions {
  const { exports, maxConcurrentQueries, queryTimeoutSeconds, tempSchema, toolboxSchema, neverCache } = options
  return { maxConcurrentQueries, queryTimeoutSeconds, tempSchema, toolboxSchema, neverCache, exports }
}

/** How a configuration signs in. */
function listSignIns(provider: Provider, config: Record<string, unknown>): { id: string; label: string }[] {
  return provider.signInMethods.filter((method) => method.isUsedBy(config)).map(({ id, label }) => ({ id, label }))
}

/** The kinds of login that a configuration signs in with. */
function listLogins(provider: Provider, config: Record<string, unknown>): ConnectionLogin[] {
  return provider.signInMethods.filter((method) => method.isUsedBy(config)).map(({ login }) => login)
}

function requireShareable(logins: readonly ConnectionLogin[], policy: CredentialPolicy, audience: Audience): void {
  const { allowed, reason, rule } = decideCredentialPolicy(logins, policy, audience)
  if (!allowed) throw new AppError('rule_violated', reason, { details: { rule } })
}

/** How people's own logins prove who they are; where there are none it says nothing, so it is as it was at first. */
function chooseAuthentication(
  policy: CredentialPolicy,
  asked: ViewerAuthentication | undefined,
  before: ViewerAuthentication,
): ViewerAuthentication {
  if (policy === 'viewer') return asked ?? before
  if (asked === 'token') {
    const sentence =
      'Here everybody reads with the login that is stored, so nobody’s token is sent; let each person read with a login of their own.'
    throw new AppError('rule_violated', sentence, { details: { rule: 'credential.token.owner' } })
  }
  if (asked === 'certificate') {
    const sentence =
      'Here everybody reads with the login that is stored, so nobody is let in by a certificate; let each person read with a login of their own.'
    throw new AppError('rule_violated', sentence, { details: { rule: 'credential.certificate.owner' } })
  }
  return 'stored'
}

/** Which token is sent, where tokens are. */
function chooseToken(
  way: ViewerAuthentication,
  asked: ViewerTokenSettings | undefined,
  before: ViewerTokenSettings | null,
): ViewerTokenSettings | null {
  if (way === 'token') return asked ?? before ?? DEFAULT_VIEWER_TOKEN
  if (asked === undefined) return null
  const sentence = 'Which token is sent can be said only where each person is let in with a token of their own.'
  throw new AppError('rule_violated', sentence, { details: { rule: 'credential.token.way' } })
}

/** Whether an edit is about whose login reads. */
function saysWhoseLogin({ credentialPolicy, viewerAuthentication, viewerToken }: ConnectionEdit): boolean {
  return [credentialPolicy, viewerAuthentication, viewerToken].some((said) => said !== undefined)
}

/** Refuses certificates and tokens of people where they cannot be shown. */
function requireFit(
  provider: Provider,
  config: Readonly<Record<string, unknown>>,
  policy: CredentialPolicy,
  authentication: ViewerAuthentication,
): void {
  if (policy !== 'viewer' || authentication === 'stored') return
  const way = authentication === 'token' ? tokensOf(provider) : certificatesOf(provider)
  const obstacle = way.obstacle(config)
  if (obstacle === null) return
  throw new AppError('rule_violated', obstacle, { details: { rule: `credential.${authentication}.place` } })
}

/** What an event tells of the check that viewer credentials were switched on after. */
function describeClearance(clearance: PostureClearance | null) {
  if (clearance === null) return {}
  const { severity, reason } = clearance
  return { posture: severity, ...(reason === null ? {} : { postureReason: reason }) }
}

function toNamed({ connection, owner }: OwnedConnection): NamedAsset {
  return { asset: connectionAsset(connection), name: connection.name, owner }
}

function notFound(idOrName: string): AppError {
  return new AppError('not_found', `There is no connection called "${idOrName}", or it is not shared with you.`)
}

function systemsOwn(name: string): AppError {
  return new AppError('forbidden', `"${name}" belongs to the system, so nobody deletes it or gives it to others.`, {
    details: { rule: 'connection.system' },
  })
}

function changedMeanwhile(): AppError {
  return new AppError('conflict', 'Somebody else changed this connection meanwhile; look at it again first.', {
    details: { rule: 'connection.revision' },
  })
}
