import type { GroupSummary } from '@graticule/contract'
import { messages } from './messages.ts'

/** What outside the workspace says who is in a group; null for a group made by hand. */
export function originOf(group: GroupSummary): string | null {
  if (group.source === 'scim') return messages.scim
  return group.source === 'sso' ? (group.origin ?? null) : null
}
