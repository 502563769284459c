import { AppError, type AudienceBody } from '@graticule/contract'
import type { Audience } from '@graticule/policy'

/** The audience that a body of the API spells; 422 for one that contradicts itself. */
export function readAudienceBody(body: AudienceBody): Audience {
  const { privacy, sharingScope, groupIds = [], userIds = [] } = body
  const isNamed = groupIds.length > 0 || userIds.length > 0
  switch (privacy) {
    case 'private':
      if (isNamed) throw contradiction('What is private is shared with nobody; leave out the people and groups.')
      return { organization: false, public: false, groupIds, userIds }
    case 'shared': {
      const scope = sharingScope ?? (isNamed ? 'specific' : 'organization')
      if (scope === 'specific' && !isNamed) {
        throw contradiction('Name at least one person or group to share it with, or make it private.')
      }
      return { organization: scope === 'organization', public: false, groupIds, userIds }
    }
    case 'public':
      return { organization: sharingScope === 'organization', public: true, groupIds, userIds }
  }
}

function contradiction(sentence: string): AppError {
  return new AppError('rule_violated', sentence, { details: { rule: 'sharing.contradiction' } })
}
