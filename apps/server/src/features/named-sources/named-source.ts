import type { NamedSourceAsset } from '@graticule/policy'
import type { NamedSourceRow } from '../../platform/db/tables.ts'

/** The facts about a named source that policy decides on. */
export function namedSourceAsset(row: Pick<NamedSourceRow, 'id' | 'organization_id' | 'owner_id'>): NamedSourceAsset {
  return { kind: 'named-source', id: row.id, organizationId: row.organization_id, ownerId: row.owner_id }
}
