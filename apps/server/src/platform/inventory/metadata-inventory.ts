import type { Database } from '../db/tables.ts'
import { type ColumnClasses, columnsOf } from './data-class.ts'

/** Every table of the metadata store (`activity` is a view), with what each of its columns can hold. */
export const METADATA_INVENTORY: Readonly<Record<Exclude<keyof Database, 'activity'>, ColumnClasses>> = {
  organizations: columnsOf<Database['organizations']>()({
    plain: ['id', 'is_demo', 'created_at', 'uses_recorded_since', 'suspended_at'],
    settings: [
      'default_role',
      'editor_seats',
      'viewer_seats',
      'second_factor_required',
      'session_idle_minutes',
      'session_absolute_minutes',
      'takes_join_requests',
      'auto_join',
    ],
    written: ['name'],
  }),
  organization_offers: columnsOf<Database['organization_offers']>()({
    plain: ['expires_at'],
    person: ['email'],
    secret: ['token_hash'],
    written: ['organization_name'],
  }),
  organization_domains: columnsOf<Database['organization_domains']>()({
    plain: ['id', 'organization_id', 'created_at', 'verified_at', 'verified_by', 'checked_at', 'failing_since'],
    settings: ['domain', 'challenge'],
  }),
  users: columnsOf<Database['users']>()({
    plain: ['id', 'organization_id', 'created_at', 'directory_synced_at', 'support_grant_id'],
    person: ['email', 'name', 'role', 'last_sign_in_at', 'disabled_at', 'deleted_at', 'search_words'],
    secret: ['password_hash'],
  }),
  sessions: columnsOf<Database['sessions']>()({
    plain: ['id', 'user_id', 'created_at', 'expires_at', 'revoked_at'],
    person: ['last_seen_at', 'user_agent', 'ip_address'],
    secret: ['token_hash'],
  }),
  sign_in_links: columnsOf<Database['sign_in_links']>()({
    plain: ['user_id', 'purpose', 'expires_at', 'used_at'],
    secret: ['token_hash'],
  }),
  support_grants: columnsOf<Database['support_grants']>()({
    plain: ['id', 'organization_id', 'role', 'created_at', 'expires_at', 'ended_at', 'receiver_id'],
    person: ['enabled_by', 'ended_by'],
    written: ['reason'],
  }),
  invitations: columnsOf<Database['invitations']>()({
    plain: ['id', 'organization_id', 'role', 'created_at', 'sent_at', 'expires_at', 'accepted_at', 'withdrawn_at'],
    person: ['email', 'invited_by', 'accepted_by'],
    secret: ['token_hash'],
  }),
  join_requests: columnsOf<Database['join_requests']>()({
    plain: ['id', 'organization_id', 'created_at', 'refused_at'],
    person: ['email', 'name'],
    written: ['message'],
  }),
  connections: columnsOf<Database['connections']>()({
    plain: [
      'id',
      'organization_id',
      'provider_id',
      'owner_id',
      'embedded',
      'credential_version',
      'revision',
      'credential_policy',
      'viewer_authentication',
      'created_at',
      'updated_at',
    ],
    settings: ['config', 'options'],
    secret: ['secrets'],
    written: ['name', 'aliases'],
  }),
  viewer_credentials: columnsOf<Database['viewer_credentials']>()({
    plain: ['connection_id', 'user_id', 'id', 'place', 'state', 'given_at'],
    person: ['login_name'],
    secret: ['secrets'],
  }),
  publishing_logins: columnsOf<Database['publishing_logins']>()({
    plain: ['id', 'connection_id', 'credential_id', 'place', 'state', 'posture', 'changed_at'],
    settings: ['login_name'],
    secret: ['secrets'],
    written: ['name'],
  }),
  map_publications: columnsOf<Database['map_publications']>()({
    plain: ['map_id', 'connection_id', 'login_id'],
  }),
  certificate_authorities: columnsOf<Database['certificate_authorities']>()({
    plain: ['organization_id', 'id', 'certificate', 'created_at'],
    secret: ['sealed_private_key'],
  }),
  connection_postures: columnsOf<Database['connection_postures']>()({
    plain: ['connection_id', 'attempted_at', 'checked_at'],
    quoting: ['report', 'failure'],
  }),
  connection_bookmarks: columnsOf<Database['connection_bookmarks']>()({
    plain: ['user_id', 'connection_id', 'created_at'],
  }),
  tokens: columnsOf<Database['tokens']>()({
    plain: ['id', 'organization_id', 'owner_id', 'expires_at', 'last_used_at', 'revoked_at', 'created_at'],
    settings: ['grants', 'allowed_apis', 'referers'],
    secret: ['token_hash', 'prefix'],
    written: ['name'],
  }),
  named_sources: columnsOf<Database['named_sources']>()({
    plain: [
      'id',
      'organization_id',
      'connection_id',
      'owner_id',
      'created_at',
      'updated_at',
      'deleted_at',
      'deleted_by',
    ],
    written: ['name', 'description'],
    quoting: ['sql'],
  }),
  maps: columnsOf<Database['maps']>()({
    plain: [
      'id',
      'organization_id',
      'owner_id',
      'public_token_version',
      'revision',
      'published_revision',
      'published_at',
      'published_by',
      'is_listed',
      'is_collaborative',
      'project_id',
      'created_at',
      'updated_at',
      'deleted_at',
      'deleted_by',
    ],
    secret: ['password_hash'],
    written: ['title', 'description', 'published_title', 'published_description', 'search_words', 'published_words'],
    quoting: ['document', 'published_document'],
  }),
  workflows: columnsOf<Database['workflows']>()({
    plain: [
      'id',
      'organization_id',
      'owner_id',
      'connection_id',
      'project_id',
      'created_at',
      'updated_at',
      'deleted_at',
      'deleted_by',
    ],
    written: ['title', 'description'],
    quoting: ['document'],
  }),
  applications: columnsOf<Database['applications']>()({
    plain: [
      'id',
      'organization_id',
      'owner_id',
      'thumbnail_type',
      'created_at',
      'updated_at',
      'deleted_at',
      'deleted_by',
    ],
    settings: ['url'],
    written: ['name', 'description', 'thumbnail'],
  }),
  customizations: columnsOf<Database['customizations']>()({
    plain: ['organization_id'],
    settings: ['branding', 'palettes', 'basemaps', 'expected_access'],
  }),
  branding_images: columnsOf<Database['branding_images']>()({
    plain: ['organization_id', 'digest', 'type', 'used_at'],
    written: ['bytes'],
  }),
  projects: columnsOf<Database['projects']>()({
    plain: ['id', 'organization_id', 'owner_id', 'parent_id', 'created_at', 'updated_at'],
    written: ['name', 'description'],
  }),
  trashed_projects: columnsOf<Database['trashed_projects']>()({
    plain: [
      'id',
      'organization_id',
      'owner_id',
      'root_id',
      'parent_id',
      'created_at',
      'updated_at',
      'deleted_at',
      'deleted_by',
    ],
    written: ['name', 'description'],
  }),
  trashed_contents: columnsOf<Database['trashed_contents']>()({
    plain: ['project_id', 'asset_kind', 'asset_id', 'owner_id'],
  }),
  project_shortcuts: columnsOf<Database['project_shortcuts']>()({
    plain: ['id', 'project_id', 'trashed_project_id', 'map_id', 'workflow_id', 'application_id', 'created_at'],
  }),
  project_ancestors: columnsOf<Database['project_ancestors']>()({ plain: ['project_id', 'ancestor_id', 'depth'] }),
  groups: columnsOf<Database['groups']>()({
    plain: ['id', 'organization_id', 'source', 'external_id', 'provider_id', 'created_at'],
    written: ['name'],
  }),
  group_members: columnsOf<Database['group_members']>()({ plain: ['group_id', 'added_at'], person: ['user_id'] }),
  grants: columnsOf<Database['grants']>()({
    plain: [
      'organization_id',
      'asset_kind',
      'asset_id',
      'audience_kind',
      'group_id',
      'user_id',
      'created_at',
      'expires_at',
      'granted_by',
    ],
  }),
  trashed_grants: columnsOf<Database['trashed_grants']>()({
    plain: [
      'organization_id',
      'asset_kind',
      'asset_id',
      'audience_kind',
      'group_id',
      'user_id',
      'created_at',
      'expires_at',
      'granted_by',
    ],
  }),
  asset_uses: columnsOf<Database['asset_uses']>()({
    plain: ['organization_id', 'asset_kind', 'asset_id', 'path'],
    person: ['user_id', 'last_used_on'],
  }),
  session_views: columnsOf<Database['session_views']>()({
    plain: ['session_id', 'started_at', 'expires_at'],
    person: ['viewed_user_id'],
  }),
  asset_tags: columnsOf<Database['asset_tags']>()({
    plain: ['organization_id', 'asset_kind', 'asset_id'],
    written: ['folded', 'tag'],
  }),
  favourites: columnsOf<Database['favourites']>()({
    plain: ['asset_kind', 'asset_id', 'created_at'],
    person: ['user_id'],
  }),
  recent_opens: columnsOf<Database['recent_opens']>()({
    plain: ['asset_kind', 'asset_id'],
    person: ['user_id', 'opened_at'],
  }),
  source_handles: columnsOf<Database['source_handles']>()({
    plain: ['id', 'organization_id', 'connection_id', 'created_at', 'last_used_at'],
    quoting: ['definition'],
  }),
  sql_jobs: columnsOf<Database['sql_jobs']>()({
    plain: [
      'id',
      'organization_id',
      'owner_id',
      'connection_id',
      'status',
      'server_id',
      'created_at',
      'started_at',
      'finished_at',
    ],
    quoting: ['query', 'query_parameters', 'error'],
  }),
  activity_events: columnsOf<Database['activity_events']>()({
    plain: [
      'id',
      'position',
      'organization_id',
      'chain',
      'seq',
      'moves_epoch',
      'schema_version',
      'type',
      'outcome',
      'reason_code',
      'decision_id',
      'asset_type',
      'asset_id',
      'request_id',
      'session_id',
      'support_grant_id',
    ],
    person: ['at', 'actor_kind', 'actor_id'],
    secret: ['personal_hash', 'content_hash', 'prev_hash', 'hash'],
    written: ['details'],
  }),
  activity_personal: columnsOf<Database['activity_personal']>()({
    plain: ['event_id'],
    person: ['details', 'ip_address', 'user_agent'],
    secret: ['salt'],
  }),
  activity_keys: columnsOf<Database['activity_keys']>()({
    plain: ['id', 'public_key', 'created_at'],
    secret: ['sealed_private_key'],
  }),
  activity_checkpoints: columnsOf<Database['activity_checkpoints']>()({
    plain: ['chain', 'seq', 'organization_id', 'at', 'is_start', 'key_id', 'signature'],
    secret: ['hash'],
  }),
  activity_statements: columnsOf<Database['activity_statements']>()({
    plain: ['organization_id', 'digest'],
    quoting: ['text'],
  }),
  policy_epochs: columnsOf<Database['policy_epochs']>()({ plain: ['organization_id', 'epoch', 'moved_by'] }),
  activity_stream_positions: columnsOf<Database['activity_stream_positions']>()({
    plain: ['stream_id', 'chain', 'organization_id', 'seq', 'leased_by', 'leased_until'],
  }),
  store_key: columnsOf<Database['store_key']>()({ plain: ['id', 'key_id', 'next_key_id', 'changed_at'] }),
  signing_keys: columnsOf<Database['signing_keys']>()({ plain: ['purpose'], secret: ['sealed_key'] }),
  server_keys: columnsOf<Database['server_keys']>()({ plain: ['server_id', 'key_ids', 'sealing_key_id', 'seen_at'] }),
  idempotent_requests: columnsOf<Database['idempotent_requests']>()({
    plain: ['organization_id', 'attempt_id', 'status'],
    person: ['principal_id', 'created_at'],
    secret: ['key_hash', 'request_digest', 'sealed_answer'],
  }),
  identity_providers: columnsOf<Database['identity_providers']>()({
    plain: ['id', 'organization_id', 'kind', 'enabled', 'tested_at', 'created_at', 'updated_at'],
    settings: ['issuer', 'client_id', 'saml', 'ldap', 'domains', 'default_role', 'groups_claim', 'emails_verified'],
    secret: ['client_secret'],
    written: ['name'],
  }),
  external_identities: columnsOf<Database['external_identities']>()({
    plain: ['organization_id', 'issuer', 'user_id', 'created_at'],
    person: ['subject', 'email', 'last_used_at'],
  }),
  pending_logins: columnsOf<Database['pending_logins']>()({
    plain: ['provider_id', 'target', 'tester_id', 'expires_at', 'used_at'],
    secret: ['state_hash', 'browser_hash', 'checks', 'answer'],
  }),
  external_sessions: columnsOf<Database['external_sessions']>()({
    plain: ['session_id', 'provider_id'],
    person: ['subject', 'provider_session_id'],
    secret: ['id_token'],
  }),
  used_assertions: columnsOf<Database['used_assertions']>()({
    plain: ['provider_id', 'expires_at'],
    secret: ['assertion_hash'],
  }),
  sso_enforcements: columnsOf<Database['sso_enforcements']>()({
    plain: ['organization_id', 'enforced_at'],
    settings: ['guests_exempt', 'break_glass_user_id'],
  }),
  access_decisions: columnsOf<Database['access_decisions']>()({
    plain: ['id', 'organization_id', 'action', 'rule', 'method', 'route', 'target', 'request_id'],
    person: ['at', 'principal_kind', 'principal_id'],
    written: ['reason'],
  }),
  access_requests: columnsOf<Database['access_requests']>()({
    plain: ['id', 'organization_id', 'asset_kind', 'asset_id', 'wanted', 'created_at', 'decided_at'],
    person: ['requester_id'],
    written: ['message'],
  }),
  directory_settings: columnsOf<Database['directory_settings']>()({
    plain: ['organization_id'],
    settings: ['custodian_id', 'roles_follow_groups', 'default_role', 'scim_provider_id', 'scim_emails_verified'],
  }),
  group_roles: columnsOf<Database['group_roles']>()({ plain: ['group_id', 'organization_id'], settings: ['role'] }),
  totp_factors: columnsOf<Database['totp_factors']>()({
    plain: ['user_id', 'created_at', 'confirmed_at', 'last_step'],
    secret: ['secret'],
  }),
  passkeys: columnsOf<Database['passkeys']>()({
    plain: ['id', 'user_id', 'counter', 'transports', 'created_at', 'last_used_at'],
    secret: ['public_key'],
    written: ['name'],
  }),
  passkey_challenges: columnsOf<Database['passkey_challenges']>()({
    plain: ['user_id', 'purpose', 'expires_at'],
    secret: ['challenge_hash'],
  }),
  recovery_codes: columnsOf<Database['recovery_codes']>()({ plain: ['user_id', 'used_at'], secret: ['code_hash'] }),
  second_factor_attempts: columnsOf<Database['second_factor_attempts']>()({
    plain: ['user_id', 'window_started_at', 'failures'],
  }),
  pending_sign_ins: columnsOf<Database['pending_sign_ins']>()({
    plain: ['user_id', 'method', 'expires_at'],
    secret: ['token_hash'],
  }),
  scim_tokens: columnsOf<Database['scim_tokens']>()({
    plain: ['id', 'organization_id', 'created_by', 'created_at', 'last_used_at', 'revoked_at'],
    secret: ['token_hash', 'prefix'],
  }),
  scim_users: columnsOf<Database['scim_users']>()({
    plain: ['user_id', 'organization_id', 'version', 'created_at', 'updated_at'],
    person: ['user_name', 'external_id', 'attributes'],
  }),
  scim_groups: columnsOf<Database['scim_groups']>()({
    plain: ['group_id', 'organization_id', 'external_id', 'version', 'created_at', 'updated_at'],
    written: ['display_name'],
  }),
  governance: columnsOf<Database['governance']>()({
    plain: ['organization_id', 'revision'],
    settings: ['policies', 'sharing_defaults'],
  }),
  usage_requests: columnsOf<Database['usage_requests']>()({
    plain: ['organization_id', 'method', 'client', 'map_id', 'weight'],
    person: ['user_id', 'day', 'requests'],
  }),
  usage_days: columnsOf<Database['usage_days']>()({
    plain: ['organization_id'],
    person: ['user_id', 'day', 'units'],
  }),
  usage_settings: columnsOf<Database['usage_settings']>()({
    plain: ['organization_id', 'revision'],
    settings: ['yearly_units', 'resets_on'],
  }),
  usage_limits: columnsOf<Database['usage_limits']>()({
    plain: ['organization_id', 'subject_kind', 'subject_id'],
    settings: ['units'],
  }),
  usage_notices: columnsOf<Database['usage_notices']>()({
    plain: ['organization_id', 'year_start', 'subject_kind', 'subject_id', 'share', 'units'],
  }),
  network_policies: columnsOf<Database['network_policies']>()({
    plain: ['organization_id', 'revision', 'updated_at'],
    settings: ['allowed_hosts'],
  }),
}
