import type { UserSummary } from '@graticule/contract'
import { messages } from './messages.ts'

/** The owner's name, or "You" when it is the person who reads. */
export function ownerName(owner: UserSummary, readerId: string): string {
  return owner.id === readerId ? messages.you : owner.name
}
