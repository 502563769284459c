import { sql } from 'kysely'
import type { Store } from './database.ts'
import type { Database } from './tables.ts'

/**
 * How the rows of a table belong to an organization. `column`: by their `organization_id` · `cascade`: so too, and
 * the database removes them itself when the organization goes · `follow`: the database removes them together with what
 * they are about · `nobody`: they are of no organization.
 */
export type Belonging = 'column' | 'cascade' | 'follow' | 'nobody'

/** Events are read through the view `activity`. */
type StoredTable = Exclude<keyof Database, 'organizations' | 'activity'>

/**
 * Every table (`activity` is a view), so that none outlives its organization: a new table is a type error until it has a line here, and
 * `organization-rows-suite.ts` compares the lines with the schema.
 */
export const ROWS_OF_ORGANIZATIONS: Readonly<Record<StoredTable, Belonging>> = {
  organization_offers: 'nobody',
  organization_domains: 'column',
  users: 'column',
  sessions: 'follow',
  // The set-up link of an empty installation is of nobody; all others are somebody's.
  sign_in_links: 'follow',
  invitations: 'column',
  join_requests: 'column',
  connections: 'column',
  connection_postures: 'follow',
  connection_bookmarks: 'follow',
  viewer_credentials: 'follow',
  publishing_logins: 'follow',
  map_publications: 'follow',
  certificate_authorities: 'cascade',
  tokens: 'column',
  oauth_clients: 'column',
  // Of a client or a person; what is of neither is half a sign-in of minutes.
  oauth_artifacts: 'follow',
  oauth_keys: 'nobody',
  named_sources: 'column',
  maps: 'column',
  workflows: 'column',
  applications: 'column',
  projects: 'column',
  trashed_projects: 'column',
  trashed_contents: 'follow',
  project_shortcuts: 'follow',
  project_ancestors: 'follow',
  groups: 'column',
  group_members: 'follow',
  grants: 'column',
  trashed_grants: 'column',
  source_handles: 'column',
  sql_jobs: 'column',
  activity_events: 'cascade',
  policy_epochs: 'cascade',
  activity_personal: 'follow',
  activity_keys: 'nobody',
  activity_checkpoints: 'cascade',
  activity_statements: 'cascade',
  activity_stream_positions: 'cascade',
  store_key: 'nobody',
  signing_keys: 'nobody',
  server_keys: 'nobody',
  idempotent_requests: 'cascade',
  identity_providers: 'column',
  external_identities: 'column',
  pending_logins: 'follow',
  external_sessions: 'follow',
  sso_enforcements: 'column',
  access_decisions: 'column',
  access_requests: 'column',
  directory_settings: 'column',
  group_roles: 'column',
  used_assertions: 'follow',
  totp_factors: 'follow',
  passkeys: 'follow',
  passkey_challenges: 'follow',
  recovery_codes: 'follow',
  second_factor_attempts: 'follow',
  pending_sign_ins: 'follow',
  scim_tokens: 'column',
  scim_users: 'column',
  scim_groups: 'column',
  support_grants: 'column',
  asset_uses: 'column',
  branding_images: 'column',
  marker_images: 'cascade',
  customizations: 'column',
  session_views: 'follow',
  asset_tags: 'column',
  favourites: 'follow',
  recent_opens: 'follow',
  governance: 'column',
  network_policies: 'column',
  usage_requests: 'column',
  usage_days: 'column',
  usage_settings: 'column',
  usage_limits: 'column',
  usage_notices: 'column',
  activity_data_jobs: 'column',
}

/**
 * Removes an organization and everything of it. One statement: references between the tables are looked at when it
 * ends, so that the order of the tables does not matter.
 */
export async function deleteOrganizationRows(transaction: Store, organizationId: string): Promise<void> {
  const tables = Object.entries(ROWS_OF_ORGANIZATIONS).flatMap(([table, how]) => (how === 'column' ? [table] : []))
  const deletions = tables.map(
    (table) =>
      sql`${sql.ref(`of_${table}`)} AS (DELETE FROM ${sql.table(table)} WHERE organization_id = ${organizationId})`,
  )
  await sql`WITH ${sql.join(deletions)} DELETE FROM organizations WHERE id = ${organizationId}`.execute(transaction)
}
