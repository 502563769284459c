import type {
  Branding,
  ConnectionOptions,
  CredentialPolicy,
  CustomBasemap,
  CustomMarker,
  CustomPalette,
  DEFAULT_ROLES,
  DIRECTORY_SECURITY,
  DocumentKind,
  ExpectedAccess,
  GovernancePolicies,
  MapDocument,
  MappableRole,
  PictureType,
  PostureReport,
  PostureSeverity,
  QueryParameters,
  RequestableKind,
  RequestedAccess,
  Role,
  SharingDefaults,
  SupportRole,
  TokenGrant,
  ViewerAuthentication,
  ViewerTokenSettings,
  WorkflowDocument,
} from '@graticule/contract'
import type { AudienceKind, LibraryKind, ShareableKind } from '@graticule/policy'
import type { ColumnType, Generated, Insertable, RawBuilder, Selectable, Updateable } from 'kysely'

/** A jsonb column: read as a value, written as JSON text, because the driver would make an SQL array of an array. */
export type JsonColumn<Value> = ColumnType<Value, string, string>
/** The words by which something is found; see `toWordsColumn()`. Empty unless it is said. */
type WordsColumn = ColumnType<string, RawBuilder<string> | undefined, RawBuilder<string>>
/** A timestamptz column that is set once. */
type CreatedAt = ColumnType<Date, Date, never>

export interface OrganizationsTable {
  id: string
  name: string
  is_demo: boolean
  created_at: CreatedAt
  /** What somebody gets who comes without an invitation. */
  default_role: Generated<'viewer' | 'editor'>
  /** How many people may have the roles superadmin, admin and editor together; null: any number. */
  editor_seats: number | null
  /** How many people may have the roles viewer and guest together; null: any number. */
  viewer_seats: number | null
  /** Whether everybody who signs in here must have a second factor. */
  second_factor_required: Generated<boolean>
  /** Minutes without a request after which a session ends; null: as the server is set. */
  session_idle_minutes: number | null
  /** Minutes after which a session ends in any case; null: as the server is set. */
  session_absolute_minutes: number | null
  /** Whether people may ask to join it. */
  takes_join_requests: Generated<boolean>
  /** Since when it is known who uses what. */
  uses_recorded_since: Generated<Date>
  /** Since when nobody can enter it; null while people can. */
  suspended_at: Date | null
  /** Whether those who prove an e-mail at one of its verified domains join without being asked in. */
  auto_join: Generated<boolean>
}

/** An organization that whoever holds the link may create. */
export interface OrganizationOffersTable {
  token_hash: string
  organization_name: string
  /** Whose link it is; null where whoever holds it names their e-mail. */
  email: string | null
  expires_at: Date
}

/** A domain that an organization says is its own. */
export interface OrganizationDomainsTable {
  id: string
  organization_id: string
  /** In lower case, as DNS writes it. */
  domain: string
  /** What the domain's TXT record must hold. */
  challenge: string
  created_at: CreatedAt
  /** Null until it is proved. Of all who claim a domain one at most has proved it. */
  verified_at: Date | null
  verified_by: 'dns' | 'operator' | null
  /** When DNS was asked last. */
  checked_at: Date | null
  /** Since when DNS has not confirmed what it confirmed before. */
  failing_since: Date | null
}

/** Somebody who asks to join an organization without an invitation. */
export interface JoinRequestsTable {
  id: string
  organization_id: string
  email: string
  name: string
  /** Empty when they said nothing. */
  message: string
  created_at: CreatedAt
  /** Null while they wait for an answer. */
  refused_at: Date | null
}

export interface UsersTable {
  id: string
  organization_id: string
  email: string
  name: string
  role: Role
  /** Argon2id in PHC form; null for a person who has no password. */
  password_hash: string | null
  created_at: CreatedAt
  last_sign_in_at: Date | null
  disabled_at: Date | null
  /** A deleted person is disabled too; their row remains for the log. */
  deleted_at: Date | null
  /** When a directory last told their groups; null for somebody whose groups none has ever told. */
  directory_synced_at: Date | null
  /** Name and e-mail address. */
  search_words: WordsColumn
  /** The grant by which a support person is here; null for everybody who belongs to the organization. */
  support_grant_id: string | null
}

/** One time that support access was enabled. */
export interface SupportGrantsTable {
  id: string
  organization_id: string
  enabled_by: string
  role: SupportRole
  reason: string
  created_at: CreatedAt
  expires_at: Date
  /** Null while it is active, or has expired and nobody has tidied up yet. */
  ended_at: Date | null
  /** Who revoked it; null for one that expired. */
  ended_by: string | null
  /** Who received what its people owned, once it has ended. */
  receiver_id: string | null
}

export interface SessionsTable {
  id: string
  user_id: string
  token_hash: string
  created_at: CreatedAt
  last_seen_at: Date
  expires_at: Date
  user_agent: string
  ip_address: string
  revoked_at: Date | null
}

export interface SignInLinksTable {
  token_hash: string
  /** Null for the set-up link of an empty installation. */
  user_id: string | null
  purpose: 'sign-in' | 'setup' | 'password'
  expires_at: Date
  used_at: Date | null
}

export interface InvitationsTable {
  id: string
  organization_id: string
  email: string
  role: Role
  /** Of the latest link; the ones before it lead nowhere. */
  token_hash: string
  /** Null for somebody who joins by their e-mail's domain. */
  invited_by: string | null
  created_at: CreatedAt
  /** When the latest link was made. */
  sent_at: Date
  expires_at: Date
  accepted_at: Date | null
  /** Who joined by it. */
  accepted_by: string | null
  withdrawn_at: Date | null
}

export interface ConnectionsTable {
  id: string
  organization_id: string
  name: string
  provider_id: string
  /** Null for an embedded warehouse, which belongs to nobody. */
  owner_id: string | null
  embedded: Generated<boolean>
  /** Without secrets. */
  config: JsonColumn<Record<string, unknown>>
  /** Sealed JSON object of the secret fields. */
  secrets: string | null
  /** Grows with each change of how to log in, so that nothing cached under the old login is served again. */
  credential_version: Generated<number>
  aliases: ColumnType<string[], string | undefined, string>
  /** What differs from the defaults. */
  options: ColumnType<Partial<ConnectionOptions>, string | undefined, string>
  /** Grows with each edit. */
  revision: Generated<number>
  /** Whose login serves those whom it is shared with. */
  credential_policy: ColumnType<CredentialPolicy, CredentialPolicy | undefined, CredentialPolicy>
  /** How their own logins prove who people are, where the policy asks for such. */
  viewer_authentication: ColumnType<ViewerAuthentication, ViewerAuthentication | undefined, ViewerAuthentication>
  /** Which token is sent as the password, and as whom; null where none is. */
  viewer_token: ColumnType<ViewerTokenSettings | null, string | null | undefined, string | null>
  created_at: CreatedAt
  updated_at: Date
}

/** A connection that somebody keeps at hand. It shows only while they may use it. */
export interface ConnectionBookmarksTable {
  user_id: string
  connection_id: string
  created_at: CreatedAt
}

/** A login that a person gave for themselves, with which they read through somebody else's connection. */
export interface PublishingLoginsTable {
  id: string
  connection_id: string
  name: string
  /** New with each login that is given under the name, so that nothing made under an earlier one is ever served again. */
  credential_id: string
  login_name: string
  /** Sealed JSON object of the whole login; null once it was rejected. */
  secrets: string | null
  /** Digest of where the connection led when the login was given. */
  place: string
  state: 'valid' | 'rejected'
  /** The severity of what its check found when it was given. */
  posture: PostureSeverity
  changed_at: Date
}

export interface MapPublicationsTable {
  map_id: string
  connection_id: string
  /** Null: the login that is stored with the connection. */
  login_id: string | null
}

export interface ViewerCredentialsTable {
  connection_id: string
  user_id: string
  /** New with each login that is given, so that nothing made under an earlier one is ever served again. */
  id: string
  /** What the warehouse calls them. */
  login_name: string
  /** Sealed JSON object of the whole login; null once it was rejected. */
  secrets: string | null
  /** Digest of where the connection led when the login was given. */
  place: string
  state: 'valid' | 'rejected'
  given_at: Date
}

/** Certifies the people of an organization towards its databases. */
export interface CertificateAuthoritiesTable {
  organization_id: string
  /** New with each authority, so that nothing certified by an earlier one is used any more. */
  id: string
  /** PEM. */
  certificate: string
  sealed_private_key: string
  created_at: Date
}

export interface TokensTable {
  id: string
  organization_id: string
  owner_id: string
  name: string
  token_hash: string
  prefix: string
  grants: JsonColumn<TokenGrant[]>
  allowed_apis: JsonColumn<string[]>
  referers: JsonColumn<string[]>
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
  created_at: CreatedAt
}

export interface NamedSourcesTable {
  id: string
  organization_id: string
  connection_id: string
  owner_id: string
  /** Unique in the organization among those that are not in the trash. */
  name: string
  description: string
  sql: string
  created_at: CreatedAt
  updated_at: Date
  /** When it went to the trash, where its name is free for another; null for one that there is. */
  deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  deleted_by: ColumnType<string | null, string | null | undefined, string | null>
}

export interface MapsTable {
  id: string
  organization_id: string
  owner_id: string
  title: string
  description: string
  public_token_version: Generated<number>
  revision: Generated<number>
  document: JsonColumn<MapDocument>
  /** The version that readers see, kept while the map is private; null before it is shared for the first time. */
  published_document: ColumnType<MapDocument | null, string | null, string | null>
  published_title: string | null
  published_description: string | null
  published_revision: number | null
  published_at: Date | null
  published_by: string | null
  /** Argon2id of the password of its public link. */
  password_hash: string | null
  is_listed: Generated<boolean>
  is_collaborative: Generated<boolean>
  /** The folder that it is in; null at the top. */
  project_id: ColumnType<string | null, string | null | undefined, string | null>
  created_at: CreatedAt
  updated_at: Date
  deleted_at: Date | null
  /** Null while it is not deleted, and when it is not known. */
  deleted_by: string | null
  /** Title, description, and the connections and tables that the document draws from. */
  search_words: WordsColumn
  /** The same of what is published. */
  published_words: WordsColumn
}

export interface WorkflowsTable {
  id: string
  organization_id: string
  owner_id: string
  /** Null while none is chosen, and once it is deleted. */
  connection_id: string | null
  title: string
  description: string
  document: JsonColumn<WorkflowDocument>
  /** The folder that it is in; null at the top. */
  project_id: ColumnType<string | null, string | null | undefined, string | null>
  created_at: CreatedAt
  updated_at: Date
  deleted_at: Date | null
  /** Null while it is not deleted, and when it is not known. */
  deleted_by: string | null
}

export interface ApplicationsTable {
  id: string
  organization_id: string
  owner_id: string
  name: string
  description: string
  /** Begins with http or https. */
  url: string
  /** A small picture; null together with its type. */
  thumbnail: Buffer | null
  thumbnail_type: PictureType | null
  created_at: CreatedAt
  updated_at: Date
  deleted_at: Date | null
  /** Null while it is not deleted, and when it is not known. */
  deleted_by: string | null
}

/** Projects and their subfolders; all folders of a project have its owner. */
export interface ProjectsTable {
  id: string
  organization_id: string
  owner_id: string
  /** The folder that it is in; null for a project. */
  parent_id: string | null
  name: string
  description: string
  created_at: CreatedAt
  updated_at: Date
}

/** A deleted folder, in a table of its own, so that nothing which reads projects can come across it. */
export interface TrashedProjectsTable {
  id: string
  organization_id: string
  owner_id: string
  /** The folder with which it was deleted: itself, or one that it was in. What rests in the trash is told by that one. */
  root_id: string
  /** The folder that it was in, be that deleted too or there still; null for a project. */
  parent_id: string | null
  name: string
  description: string
  created_at: CreatedAt
  updated_at: Date
  deleted_at: Date
  deleted_by: string | null
}

/** What was right in a folder when it was deleted, and went to the top. */
export interface TrashedContentsTable {
  project_id: string
  asset_kind: 'map' | 'workflow'
  asset_id: string
  /** Whose it was. */
  owner_id: string
}

/**
 * A pointer in a folder to what lies elsewhere: to exactly one thing, with which the database removes it. In the trash it
 * rests with its folder.
 */
export interface ProjectShortcutsTable {
  id: string
  /** Null while the folder is in the trash. */
  project_id: string | null
  /** The deleted folder that it comes back with; null otherwise. */
  trashed_project_id: string | null
  map_id: string | null
  workflow_id: string | null
  application_id: string | null
  created_at: CreatedAt
}

/** Every folder with itself and each that it is in, so that nothing has to climb; rewritten when a folder moves. */
export interface ProjectAncestorsTable {
  project_id: string
  ancestor_id: string
  /** How many levels up; 0 for itself. */
  depth: number
}

export interface GroupsTable {
  id: string
  organization_id: string
  /** Unique within the organization, whatever the case of its letters. */
  name: string
  /** Who says who is in it: people here, or an identity provider. */
  source: 'manual' | 'sso' | 'scim'
  /** What the identity provider calls it; null for one that was made by hand. */
  external_id: string | null
  /** The identity provider whose claims say who is in it. */
  provider_id: string | null
  created_at: CreatedAt
}

export interface GroupMembersTable {
  group_id: string
  user_id: string
  added_at: CreatedAt
}

/** A share of an asset to an audience. How widely an asset is shared is its rows here and nothing else. */
export interface GrantsTable {
  /** The asset's. */
  organization_id: string
  asset_kind: ShareableKind
  asset_id: string
  audience_kind: AudienceKind
  /** Set exactly when the audience is a group. */
  group_id: string | null
  /** Set exactly when the audience is a person. */
  user_id: string | null
  created_at: CreatedAt
  /** From then on it grants nothing; null: for good. Only a person's grant ends. */
  expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  /** Who made it; null for one from before that was kept, and for the system's. */
  granted_by: ColumnType<string | null, string | null | undefined, string | null>
}

/** Somebody asks for access to a map. */
export interface AccessRequestsTable {
  id: string
  organization_id: string
  asset_kind: RequestableKind
  asset_id: string
  wanted: RequestedAccess
  requester_id: string
  message: string
  created_at: CreatedAt
  decided_at: Date | null
}

/** How an asset in the trash was shared. Nothing that decides reads it. */
export type TrashedGrantsTable = GrantsTable

/** On which day somebody last used an asset by one of the ways that lead to it. */
export interface AssetUsesTable {
  organization_id: string
  /** Null for a visitor of a public map. */
  user_id: string | null
  asset_kind: ShareableKind
  asset_id: string
  /** Such as `owner`, `organization`, or `group:` with the group's id. */
  path: string
  /** A day in UTC, as `2026-11-30`. */
  last_used_on: ColumnType<string, string, string>
}

/** Whoever looks at the workspace as somebody else, by their own session. */
export interface SessionViewsTable {
  session_id: string
  viewed_user_id: string
  started_at: CreatedAt
  expires_at: Date
}

/** A word that somebody who may edit an asset put on it. */
export interface AssetTagsTable {
  organization_id: string
  asset_kind: DocumentKind
  asset_id: string
  /** Without case and accents: what tells tags apart. */
  folded: string
  tag: string
}

/** What somebody keeps at hand. It shows only while they may open it. */
export interface FavouritesTable {
  user_id: string
  asset_kind: LibraryKind
  asset_id: string
  created_at: CreatedAt
}

/** What somebody opened last. */
export interface RecentOpensTable {
  user_id: string
  asset_kind: DocumentKind
  asset_id: string
  opened_at: Date
}

/** Long SQL that lives behind a short opaque id in tile addresses. */
export interface SourceHandlesTable {
  id: string
  organization_id: string
  connection_id: string
  definition: JsonColumn<Record<string, unknown>>
  created_at: CreatedAt
  last_used_at: Date
}

export interface SqlJobsTable {
  id: string
  organization_id: string
  owner_id: string
  connection_id: string
  query: string
  query_parameters: JsonColumn<QueryParameters> | null
  status: string
  /** Who runs it; null for a job from before servers were told apart. */
  server_id: string | null
  error: JsonColumn<Record<string, unknown>> | null
  created_at: CreatedAt
  started_at: Date | null
  finished_at: Date | null
}

/** One row: the id of the key that secrets in this store are sealed with. */
export interface StoreKeyTable {
  id: number
  key_id: string
  /** The key that it will be, once every server has it. */
  next_key_id: string | null
  /** When it last became another one. */
  changed_at: Date | null
}

/** What signatures are made with, sealed; one key for each purpose. */
export interface SigningKeysTable {
  purpose: string
  sealed_key: string
}

/** Which master keys each server has, as it says while it runs. */
export interface ServerKeysTable {
  server_id: string
  key_ids: JsonColumn<string[]>
  /** The one that it seals with. */
  sealing_key_id: string
  seen_at: Date
}

/** A request that its sender gave a key, so that it is carried out once. */
export interface OAuthClientsTable {
  /** The `client_id`. */
  id: string
  organization_id: string
  owner_id: string
  kind: 'spa' | 'machine'
  title: string
  /** Of machine clients alone. */
  secret_hash: string | null
  callback_urls: JsonColumn<string[]>
  logout_urls: JsonColumn<string[]>
  web_origins: JsonColumn<string[]>
  cors_origins: JsonColumn<string[]>
  login_uri: string | null
  created_at: Date
  updated_at: Date
  last_used_at: Date | null
}

/** What was issued to OAuth clients, and the sign-ins that are under way. */
export interface OAuthArtifactsTable {
  /** Of the model and of what its holder knows it by. */
  id_hash: string
  model: string
  client_id: string | null
  user_id: string | null
  /** The session that it was given in, and ends with. */
  session_id: string | null
  /** What somebody agreed to, which it rests on. */
  grant_hash: string | null
  /** Of a sign-in, by which what rests on it finds it. */
  uid_hash: string | null
  sealed_payload: string
  created_at: Date
  expires_at: Date | null
  consumed_at: Date | null
}

/** The keys that ID tokens and the cookies of a sign-in to an application are signed with. */
export interface OAuthKeysTable {
  purpose: string
  sealed_key: string
  created_at: Date
}

export interface IdempotentRequestsTable {
  /** The kind and id of who sent it. */
  principal_id: string
  key_hash: string
  organization_id: string
  /** Tells apart who carries it out. */
  attempt_id: string
  /** Keyed digest of what was asked. */
  request_digest: string
  /** Null until it was answered. */
  status: number | null
  /** Sealed JSON of the answer; null until then. */
  sealed_answer: string | null
  created_at: Date
}

/** What every event of the log has. */
interface ActivityColumns {
  id: string
  /** The order in which events were written; what pages of the log follow. */
  position: Generated<string>
  organization_id: string | null
  at: Date
  actor_kind: 'user' | 'token' | 'public-map' | 'anonymous' | 'system'
  actor_id: string | null
  type: string
  asset_type: string | null
  asset_id: string | null
  request_id: string | null
  details: JsonColumn<Record<string, unknown>>
  /** The grant of support access by which the actor was here. */
  support_grant_id: string | null
  schema_version: Generated<number>
  outcome: 'ok' | 'denied' | 'error'
  /** Why it was denied or failed, as a word. */
  reason_code: string | null
  /** The decision that is kept about a refusal. */
  decision_id: string | null
  session_id: string | null
}

/** The chained events. They are only ever added: triggers number them at commit and refuse every change. */
export interface ActivityEventsTable extends ActivityColumns {
  chain: Generated<string>
  personal_hash: Buffer | null
  content_hash: Buffer
  /** Without gaps in its chain, in the order of commits; set by the store. */
  seq: Generated<string>
  prev_hash: Generated<Buffer>
  hash: Generated<Buffer>
  /** Whether the policy epoch of the organization moves with it. */
  moves_epoch: Generated<boolean>
}

/** How often the rights in an organization changed; moved by the store alone. */
export interface PolicyEpochsTable {
  organization_id: string
  epoch: ColumnType<string, never, never>
  /** The transaction that moved it last. */
  moved_by: string
}

/** What tells of a person in an event, where it can be erased. */
export interface ActivityPersonalTable {
  event_id: string
  salt: string
  details: JsonColumn<Record<string, unknown>>
  ip_address: string | null
  user_agent: string | null
}

/** Events together with what tells of persons in them: a view, for reading. */
export interface ActivityTable extends ActivityColumns {
  seq: Generated<string>
  hash: Generated<Buffer>
  ip_address: string | null
  user_agent: string | null
}

export interface ActivityKeysTable {
  id: string
  public_key: string
  sealed_private_key: string
  created_at: Date
}

/** Signed words on how far a chain had come. */
export interface ActivityCheckpointsTable {
  chain: string
  seq: string
  organization_id: string | null
  hash: Buffer
  at: Date
  /** Whether the chain begins here, because what came before was old enough to be removed. */
  is_start: Generated<boolean>
  key_id: string
  signature: string
}

/** The text of statements, once for each digest. */
export interface ActivityStatementsTable {
  organization_id: string
  digest: string
  text: string
}

/** How far a stream has delivered a chain. */
export interface ActivityStreamPositionsTable {
  stream_id: string
  chain: string
  organization_id: string | null
  /** Of the last event that was taken. */
  seq: string
  /** The server that delivers at the moment, and until when nobody else does. */
  leased_by: string | null
  leased_until: Date | null
}

/** How a SAML provider is reached and believed. */
interface SamlColumn {
  readonly signInUrl: string
  /** PEM texts. */
  readonly certificates: readonly string[]
  readonly subjectAttribute: string | null
  readonly emailAttribute: string | null
}

/** How a directory that speaks LDAP is reached and read. */
interface LdapColumn {
  readonly url: string
  readonly security: (typeof DIRECTORY_SECURITY)[number]
  readonly certificateAuthority: string | null
  readonly bindDn: string
  readonly baseDn: string
  readonly userFilter: string
  readonly subjectAttribute: string
  readonly emailAttribute: string
  readonly nameAttribute: string
  readonly groupBaseDn: string | null
  readonly groupFilter: string | null
}

export interface IdentityProvidersTable {
  id: string
  organization_id: string
  kind: 'oidc' | 'saml' | 'ldap'
  name: string
  /** For SAML the provider's entity id, for LDAP the host and the root of the tree. */
  issuer: string
  /** Null for SAML and LDAP. */
  client_id: string | null
  /** Sealed; for LDAP the password of its login; null for a public client, and for SAML. */
  client_secret: string | null
  /** Null but for SAML. */
  saml: JsonColumn<SamlColumn> | null
  /** Null but for LDAP. */
  ldap: JsonColumn<LdapColumn> | null
  /** In lower case. */
  domains: JsonColumn<string[]>
  default_role: (typeof DEFAULT_ROLES)[number]
  /** The claim or attribute that holds somebody's groups; null for a provider that tells none. */
  groups_claim: string | null
  /** Whether an admin states that it vouches for the e-mails that it tells; never for OpenID Connect, which says so itself. */
  emails_verified: Generated<boolean>
  /** Databases, as host:port, to which its tokens may be sent as passwords; always empty but for OpenID Connect. */
  token_places: ColumnType<string[], string | undefined, string>
  enabled: boolean
  /** Null again after every change of how to reach it. */
  tested_at: Date | null
  created_at: CreatedAt
  updated_at: Date
}

/** Who a subject of an issuer is here. It outlives the provider's row, so that setting it up anew makes nobody twice. */
export interface ExternalIdentitiesTable {
  organization_id: string
  issuer: string
  subject: string
  user_id: string
  /** As the provider told it last; the person's own e-mail does not follow it. */
  email: string | null
  created_at: CreatedAt
  last_used_at: Date
}

/** A sign-in that a browser has begun and not finished. */
export interface PendingLoginsTable {
  state_hash: string
  provider_id: string
  /** Of the cookie that the browser must bring back. */
  browser_hash: string
  /** Sealed JSON of what the answer is compared with. */
  checks: string
  /** Sealed: what the provider had the browser post; null until then, and for protocols that post nothing. */
  answer: string | null
  /** Path to go to afterwards. */
  target: string
  /** The admin who tries the provider; null for a real sign-in. */
  tester_id: string | null
  expires_at: Date
  used_at: Date | null
}

/** What is needed to end a session together with the provider's. */
export interface ExternalSessionsTable {
  session_id: string
  provider_id: string
  subject: string
  /** The provider's `sid`, when it has told one. */
  provider_session_id: string | null
  /** Sealed; null for SAML. */
  id_token: string | null
  /** Sealed; kept where tokens may be sent to databases, and gone when the session is over or the provider refused it. */
  refresh_token: ColumnType<string | null, string | null | undefined, string | null>
  /** As which client of which issuer it was given: it is told to nobody else. */
  refresh_client: ColumnType<string | null, string | null | undefined, string | null>
  /** Until then one server fetches tokens with it, and the others wait: a provider may take each but once. */
  refreshing_until: ColumnType<Date | null, Date | null | undefined, Date | null>
}

/** Assertions that somebody has signed in with; none counts twice. */
export interface UsedAssertionsTable {
  provider_id: string
  assertion_hash: string
  /** From then on it is refused for its age. */
  expires_at: Date
}

/** The organizations in which a password is not enough. */
export interface SsoEnforcementsTable {
  organization_id: string
  guests_exempt: boolean
  break_glass_user_id: string
  enforced_at: Date
}

/** A refusal, under the id that whoever was refused has been told. */
export interface AccessDecisionsTable {
  id: string
  organization_id: string
  at: CreatedAt
  principal_kind: 'user' | 'token' | 'public-map' | 'anonymous' | 'system'
  principal_id: string
  action: string | null
  rule: string
  reason: string
  method: string
  /** The pattern of the address. */
  route: string
  /** What the request named, such as `map:…`. */
  target: string | null
  request_id: string
}

/** What follows from an organization's directories. */
export interface DirectorySettingsTable {
  organization_id: string
  /** Who receives what people own that a directory takes the right to own from. */
  custodian_id: string | null
  roles_follow_groups: boolean
  /** Of people in none of the groups that a role follows from. */
  default_role: (typeof DEFAULT_ROLES)[number]
  /** The identity provider that signs in those whom SCIM adds. */
  scim_provider_id: string | null
  /** Whether an admin states that the directory vouches for the e-mails that it tells. */
  scim_emails_verified: Generated<boolean>
}

/** Which role follows from being in a group. */
export interface GroupRolesTable {
  group_id: string
  organization_id: string
  role: MappableRole
}

/** An authenticator app. It counts once it is confirmed. */
export interface TotpFactorsTable {
  user_id: string
  /** Sealed. */
  secret: string
  created_at: Date
  confirmed_at: Date | null
  /** The latest period whose code was used: neither it nor an earlier one is accepted again. */
  last_step: Generated<number>
}

/** A key pair that an authenticator holds; we have its public half. */
export interface PasskeysTable {
  /** The credential's, as the authenticator made it. */
  id: string
  user_id: string
  name: string
  /** COSE, in base64url. */
  public_key: string
  /** Grows with each use, where the authenticator counts. */
  counter: ColumnType<string, number, number>
  /** How the authenticator can be reached. */
  transports: JsonColumn<string[]>
  created_at: CreatedAt
  last_used_at: Date | null
}

/** A question to an authenticator that waits for its answer. */
export interface PasskeyChallengesTable {
  challenge_hash: string
  /** Null while it is not known who signs in. */
  user_id: string | null
  purpose: 'registration' | 'sign-in' | 'second-factor'
  expires_at: Date
}

/** Codes that each stand in for a second factor once. */
export interface RecoveryCodesTable {
  user_id: string
  /** Under the server's key. */
  code_hash: string
  used_at: Date | null
}

/** Wrong proofs of a person's second factor, in windows. */
export interface SecondFactorAttemptsTable {
  user_id: string
  window_started_at: Date
  failures: number
}

/** A sign-in whose first step is done. */
export interface PendingSignInsTable {
  token_hash: string
  user_id: string
  /** How the first step was done. */
  method: string
  expires_at: Date
}

/** What directories prove with that they may look after people and groups. */
export interface ScimTokensTable {
  id: string
  organization_id: string
  token_hash: string
  prefix: string
  created_by: string
  created_at: CreatedAt
  last_used_at: Date | null
  revoked_at: Date | null
}

/** What a directory says of somebody. */
export interface ScimUsersTable {
  user_id: string
  organization_id: string
  user_name: string
  /** Its own id of them. */
  external_id: string | null
  /** What is kept as it was written. */
  attributes: JsonColumn<Record<string, unknown>>
  version: number
  created_at: CreatedAt
  updated_at: Date
}

/** What a directory says of a group. */
export interface ScimGroupsTable {
  group_id: string
  organization_id: string
  /** As the directory calls it; the group itself may need another name here. */
  display_name: string
  external_id: string | null
  version: number
  created_at: CreatedAt
  updated_at: Date
}

/** What an organization made its own; no row while it has changed nothing. */
export interface CustomizationsTable {
  organization_id: string
  branding: JsonColumn<Branding>
  palettes: JsonColumn<CustomPalette[]>
  basemaps: JsonColumn<CustomBasemap[]>
  expected_access: JsonColumn<ExpectedAccess[]>
  markers: JsonColumn<CustomMarker[]>
}

/** The latest pictures that were logos, by the SHA-256 of what they hold. */
export interface BrandingImagesTable {
  organization_id: string
  digest: string
  type: PictureType
  bytes: Buffer
  /** When it last became the logo. */
  used_at: Date
}

/** The latest pictures that were markers, all of them PNG, by the SHA-256 of what they hold. */
export interface MarkerImagesTable {
  organization_id: string
  digest: string
  bytes: Buffer
  /** When it last became a marker. */
  used_at: Date
}

/** What an organization says about governance; one without a row says nothing. */
export interface GovernanceTable {
  organization_id: string
  /** Grows by one with each change. */
  revision: Generated<number>
  /** Those that have been set; the others have their permissive value. */
  policies: JsonColumn<Partial<GovernancePolicies>>
  sharing_defaults: JsonColumn<SharingDefaults>
}

/** Which hosts the server may reach for an organization. */
export interface NetworkPoliciesTable {
  organization_id: string
  /** Grows by one with each change. */
  revision: Generated<number>
  /** Null: every host that the operator leaves open. */
  allowed_hosts: JsonColumn<string[]> | null
  updated_at: Date
}

/** Every table of the metadata store. */
export interface ConnectionPosturesTable {
  connection_id: string
  /** When a check last began. */
  attempted_at: Date
  /** When the report was made; null before the first. */
  checked_at: Date | null
  report: ColumnType<PostureReport | null, string | null, string | null>
  /** Why the last check could not be made; null when it could, and while it runs. */
  failure: string | null
}

/** Requests that count as usage, by day in UTC. */
export interface UsageRequestsTable {
  organization_id: string
  day: ColumnType<string, string, string>
  /** A person, the owner of a token, or `public`. */
  user_id: string
  method: string
  client: string
  /** Empty: about no map that the person may open. */
  map_id: string
  /** As it was when the request came. */
  weight: ColumnType<string, number, number>
  requests: ColumnType<string, number, number>
}

/** The units of each person and day, for limits; those of the whole organization under an empty user. */
export interface UsageDaysTable {
  organization_id: string
  user_id: string
  day: ColumnType<string, string, string>
  units: ColumnType<string, number, number>
}

export interface UsageSettingsTable {
  organization_id: string
  /** Grows by one with each change. */
  revision: Generated<number>
  /** Null: no quota. */
  yearly_units: ColumnType<string | null, number | null, number | null>
  /** The last day of the quota year, such as `12-31`. */
  resets_on: string
}

export interface UsageLimitsTable {
  organization_id: string
  subject_kind: 'user' | 'group'
  subject_id: string
  units: ColumnType<string, number, number>
}

/** What was told once: that a share of a quota or limit was reached in a quota year. */
export interface UsageNoticesTable {
  organization_id: string
  year_start: ColumnType<string, string, string>
  subject_kind: 'organization' | 'user' | 'group'
  subject_id: string
  /** In percent. */
  share: number
  /** Of the quota or limit: another one is told of anew. */
  units: ColumnType<string, number, number>
}

/** Exports of activity data: what was asked for. Their files are kept nowhere. */
export interface ActivityDataJobsTable {
  id: string
  organization_id: string
  created_by: string
  start_day: ColumnType<string, string, never>
  end_day: ColumnType<string, string, never>
  categories: JsonColumn<('activity' | 'apiUsage' | 'userList' | 'groupList')[]>
  format: 'csv' | 'parquet'
  /** What the addresses of the results end with. */
  sealed_token: string
  created_at: Date
  expires_at: Date
  cancelled_at: Date | null
}

export interface Database {
  organizations: OrganizationsTable
  organization_offers: OrganizationOffersTable
  organization_domains: OrganizationDomainsTable
  users: UsersTable
  sessions: SessionsTable
  sign_in_links: SignInLinksTable
  support_grants: SupportGrantsTable
  invitations: InvitationsTable
  join_requests: JoinRequestsTable
  connections: ConnectionsTable
  connection_bookmarks: ConnectionBookmarksTable
  viewer_credentials: ViewerCredentialsTable
  publishing_logins: PublishingLoginsTable
  map_publications: MapPublicationsTable
  certificate_authorities: CertificateAuthoritiesTable
  tokens: TokensTable
  oauth_clients: OAuthClientsTable
  oauth_artifacts: OAuthArtifactsTable
  oauth_keys: OAuthKeysTable
  named_sources: NamedSourcesTable
  maps: MapsTable
  workflows: WorkflowsTable
  applications: ApplicationsTable
  customizations: CustomizationsTable
  branding_images: BrandingImagesTable
  marker_images: MarkerImagesTable
  projects: ProjectsTable
  trashed_projects: TrashedProjectsTable
  trashed_contents: TrashedContentsTable
  project_shortcuts: ProjectShortcutsTable
  project_ancestors: ProjectAncestorsTable
  groups: GroupsTable
  group_members: GroupMembersTable
  grants: GrantsTable
  trashed_grants: TrashedGrantsTable
  asset_uses: AssetUsesTable
  connection_postures: ConnectionPosturesTable
  session_views: SessionViewsTable
  asset_tags: AssetTagsTable
  favourites: FavouritesTable
  recent_opens: RecentOpensTable
  source_handles: SourceHandlesTable
  sql_jobs: SqlJobsTable
  activity: ActivityTable
  activity_events: ActivityEventsTable
  activity_personal: ActivityPersonalTable
  activity_keys: ActivityKeysTable
  activity_checkpoints: ActivityCheckpointsTable
  activity_statements: ActivityStatementsTable
  activity_stream_positions: ActivityStreamPositionsTable
  store_key: StoreKeyTable
  signing_keys: SigningKeysTable
  server_keys: ServerKeysTable
  idempotent_requests: IdempotentRequestsTable
  identity_providers: IdentityProvidersTable
  external_identities: ExternalIdentitiesTable
  pending_logins: PendingLoginsTable
  external_sessions: ExternalSessionsTable
  sso_enforcements: SsoEnforcementsTable
  access_decisions: AccessDecisionsTable
  access_requests: AccessRequestsTable
  directory_settings: DirectorySettingsTable
  group_roles: GroupRolesTable
  used_assertions: UsedAssertionsTable
  totp_factors: TotpFactorsTable
  passkeys: PasskeysTable
  passkey_challenges: PasskeyChallengesTable
  recovery_codes: RecoveryCodesTable
  second_factor_attempts: SecondFactorAttemptsTable
  pending_sign_ins: PendingSignInsTable
  scim_tokens: ScimTokensTable
  scim_users: ScimUsersTable
  scim_groups: ScimGroupsTable
  governance: GovernanceTable
  network_policies: NetworkPoliciesTable
  policy_epochs: PolicyEpochsTable
  usage_requests: UsageRequestsTable
  usage_days: UsageDaysTable
  usage_settings: UsageSettingsTable
  usage_limits: UsageLimitsTable
  usage_notices: UsageNoticesTable
  activity_data_jobs: ActivityDataJobsTable
}

export type OrganizationRow = Selectable<OrganizationsTable>
export type UserRow = Selectable<UsersTable>
export type SessionRow = Selectable<SessionsTable>
export type InvitationRow = Selectable<InvitationsTable>
export type JoinRequestRow = Selectable<JoinRequestsTable>
export type TokenRow = Selectable<TokensTable>
export type OAuthClientRow = Selectable<OAuthClientsTable>
export type OAuthArtifactRow = Selectable<OAuthArtifactsTable>
export type NamedSourceRow = Selectable<NamedSourcesTable>
export type ConnectionRow = Selectable<ConnectionsTable>
export type SqlJobRow = Selectable<SqlJobsTable>
export type ActivityRow = Selectable<ActivityTable>
export type IdentityProviderRow = Selectable<IdentityProvidersTable>
export type PasskeyRow = Selectable<PasskeysTable>
export type TotpFactorRow = Selectable<TotpFactorsTable>
export type SsoEnforcementRow = Selectable<SsoEnforcementsTable>
export type NewIdentityProvider = Insertable<IdentityProvidersTable>
export type IdentityProviderChanges = Updateable<IdentityProvidersTable>
export type PendingLoginRow = Selectable<PendingLoginsTable>
export type ExternalSessionRow = Selectable<ExternalSessionsTable>
export type CertificateAuthorityRow = Selectable<CertificateAuthoritiesTable>
export type ViewerCredentialRow = Selectable<ViewerCredentialsTable>
export type PublishingLoginRow = Selectable<PublishingLoginsTable>
export type NewConnection = Insertable<ConnectionsTable>
export type ConnectionChanges = Updateable<ConnectionsTable>
export type NewMap = Insertable<MapsTable>
export type MapChanges = Updateable<MapsTable>
