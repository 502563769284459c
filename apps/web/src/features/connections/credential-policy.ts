import type { ConnectionSummary, CredentialPolicy, PostureFinding, ViewerAuthentication } from '@graticule/contract'
import { type Audience, decideCredentialPolicy, NOBODY, WHOLE_ORGANIZATION } from '@graticule/policy'
import { ApiError } from '../../api/api-error.ts'
import { type AudienceChoice, choiceOf } from '../sharing/audience-choice.ts'

/** Somebody of each kind that a choice names, which is all that the rules about logins look at. */
export function audienceOfChoice(choice: AudienceChoice): Audience {
  switch (choice) {
    case 'private':
      return NOBODY
    case 'organization':
      return WHOLE_ORGANIZATION
    case 'specific':
      return { ...NOBODY, groupIds: ['any'], userIds: ['any'] }
    case 'public':
      return { ...NOBODY, public: true }
  }
}

/** The ways in which others read from a connection, as one choice. */
export const READING_WAYS = ['owner', 'stored', 'certificate', 'token'] as const satisfies readonly (
  | 'owner'
  | ViewerAuthentication
)[]
export type ReadingWay = (typeof READING_WAYS)[number]

/** The way that is chosen by a connection's two settings. */
export function wayOf({
  credentialPolicy,
  viewerAuthentication,
}: Pick<ConnectionSummary, 'credentialPolicy' | 'viewerAuthentication'>): ReadingWay {
  return credentialPolicy === 'owner' ? 'owner' : viewerAuthentication
}

/** The settings that choose a way. */
export function settingsOf(way: ReadingWay): {
  readonly credentialPolicy: CredentialPolicy
  readonly viewerAuthentication?: ViewerAuthentication
} {
  return way === 'owner' ? { credentialPolicy: 'owner' } : { credentialPolicy: 'viewer', viewerAuthentication: way }
}

/** Why a connection that is shared as it is cannot have a policy; undefined when it can. */
export function policyRule(
  { credentialPolicy, logins, privacy, sharingScope }: ConnectionSummary,
  policy: CredentialPolicy,
): string | undefined {
  // What it is already needs nobody's leave.
  if (policy === credentialPolicy) return undefined
  const { allowed, reason } = decideCredentialPolicy(logins, policy, audienceOfChoice(choiceOf(privacy, sharingScope)))
  return allowed ? undefined : reason
}

/** What is red about a connection's login, as the refusal to switch viewer credentials on names it; null of other errors. */
export function redFindingsOf(error: unknown): readonly PostureFinding[] | null {
  if (!(error instanceof ApiError)) return null
  const { findings, rule } = (error.details ?? {}) as { findings?: unknown; rule?: unknown }
  return rule === 'connection.posture.red' && Array.isArray(findings) ? findings : null
}
