import type { Role } from '@graticule/contract'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What matters of a connection that nobody connects through. */
export interface ConnectionRow {
  readonly owner?: Role
  readonly providerId?: string
  readonly isShared?: boolean
}

/** Puts a connection to nowhere into the store, the editor's and shared with the organization unless told. */
export async function insertConnectionRow(
  { clock, organizationId, store, users }: TestApp,
  name: string,
  { owner = 'editor', providerId = 'postgres', isShared = true }: ConnectionRow = {},
): Promise<string> {
  const id = createId()
  const now = clock.now()
  const row = { id, organization_id: organizationId, name, provider_id: providerId, owner_id: users[owner].id }
  await store
    .insertInto('connections')
    .values({ ...row, config: toJson({ host: 'nowhere.invalid' }), secrets: null, created_at: now, updated_at: now })
    .execute()
  if (!isShared) return id
  const grant = { organization_id: organizationId, asset_kind: 'connection', asset_id: id } as const
  await store
    .insertInto('grants')
    .values({ ...grant, audience_kind: 'organization', group_id: null, user_id: null, created_at: now })
    .execute()
  return id
}
