import type { AudienceBody, Privacy, SharingDetail } from '@graticule/contract'
import { shareMessages as messages } from './messages.ts'

/** The four ways to share; connections have the first three. */
export type AudienceChoice = 'private' | 'organization' | 'specific' | 'public'

/** A person or group that was picked. */
export interface PickedAudience {
  readonly kind: 'user' | 'group'
  readonly id: string
  readonly name: string
}

/** What a dialog holds before it is confirmed. */
export interface AudienceDraft {
  readonly choice: AudienceChoice
  readonly picked: readonly PickedAudience[]
}

/** Which of the ways an asset is shared by. */
export function choiceOf(privacy: Privacy, scope: SharingDetail['sharingScope']): AudienceChoice {
  if (privacy !== 'shared') return privacy
  return scope ?? 'organization'
}

/** The draft that changes nothing. */
export function draftOf({ privacy, sharingScope, groups, users }: SharingDetail): AudienceDraft {
  return {
    choice: choiceOf(privacy, sharingScope),
    picked: [
      ...groups.map(({ id, name }) => ({ kind: 'group' as const, id, name })),
      ...users.map(({ id, name, isSupport }) => ({
        kind: 'user' as const,
        id,
        name: isSupport ? messages.supportPerson(name) : name,
      })),
    ],
  }
}

/** What is asked of the server. People and groups that the choice has no place for are left out. */
export function toWish({ choice, picked }: AudienceDraft): AudienceBody {
  const ids = (kind: PickedAudience['kind']) =>
    picked
      .filter((audience) => audience.kind === kind)
      .map(({ id }) => id)
      .sort()
  switch (choice) {
    case 'private':
    case 'public':
      return { privacy: choice }
    case 'organization':
    case 'specific':
      return { privacy: 'shared', sharingScope: choice, groupIds: ids('group'), userIds: ids('user') }
  }
}

/** Whether confirming the draft would change anything. */
export function isChanged(draft: AudienceDraft, detail: SharingDetail): boolean {
  return JSON.stringify(toWish(draft)) !== JSON.stringify(toWish(draftOf(detail)))
}
