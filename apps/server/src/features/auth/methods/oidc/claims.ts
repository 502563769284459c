import { readEmail, readText } from '../../../identity-providers/claimed-text.ts'
import type { ExternalIdentity } from '../../../identity-providers/external-sign-in-service.ts'
import { findClaim, readClaimedGroups } from '../../../identity-providers/read-claimed-groups.ts'

type Claims = Readonly<Record<string, unknown>>

/**
 * Who somebody is by the claims of an ID token, completed by those of the userinfo endpoint. Groups are in the claim of
 * that name; null for a provider that tells none.
 */
export function readIdentity(
  idToken: Claims & { readonly iss: string; readonly sub: string },
  userInfo: Claims,
  groupsClaim: string | null,
): ExternalIdentity {
  const claims: Claims = { ...userInfo, ...idToken }
  return {
    issuer: idToken.iss,
    subject: idToken.sub,
    email: readEmail(claims.email),
    // Some providers send the words rather than the values.
    isEmailVerified: claims.email_verified === undefined ? null : String(claims.email_verified) === 'true',
    name: readName(claims),
    groups: groupsClaim === null ? null : readClaimedGroups(findClaim(claims, groupsClaim)),
  }
}

function readName(claims: Claims): string | null {
  const parts = [claims.given_name, claims.family_name]
    .map((part) => readText(part, 100))
    .filter((part) => part !== null)
  return readText(claims.name, 100) ?? readText(parts.join(' '), 100) ?? readText(claims.preferred_username, 100)
}
