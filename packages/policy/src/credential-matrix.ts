import type { ConnectionLogin, CredentialPolicy } from '@graticule/contract'
import { type Audience, type AudienceKind, audienceKindsOf } from './audience.ts'
import type { Decision } from './can.ts'

/** How a connection can be shared, as far as logins go. Connections are never public. */
export const SHARING_MODES = ['private', 'organization', 'group', 'user'] as const satisfies readonly (
  | 'private'
  | AudienceKind
)[]
export type SharingMode = (typeof SHARING_MODES)[number]

type Cell = 'yes' | 'no'
type Line = Readonly<Record<SharingMode, Cell>>

//                    private organization group user
const ALL = line('    yes     yes          yes   yes')
const ALONE = line('  yes     no           no    no')
const NONE = line('   no      no           no    no')

/**
 * The whole of which connection can be shared how: what it signs in with × whose login serves the others × with whom.
 * A login that is one person's serves nobody else; the warehouse that the server runs itself has no other login to give.
 */
export const CREDENTIAL_MATRIX: Readonly<Record<ConnectionLogin, Readonly<Record<CredentialPolicy, Line>>>> = {
  password: { owner: ALL, viewer: ALL },
  certificate: { owner: ALL, viewer: ALL },
  none: { owner: ALL, viewer: ALL },
  embedded: { owner: ALL, viewer: NONE },
  oauth: { owner: ALONE, viewer: ALL },
  'forwarded-token': { owner: ALONE, viewer: ALL },
  'minted-certificate': { owner: ALONE, viewer: ALL },
}

const LOGIN_WORDS: Readonly<Record<ConnectionLogin, string>> = {
  password: 'a password',
  certificate: 'a client certificate',
  none: 'no secret at all',
  embedded: 'the only login of the warehouse that this server runs itself',
  oauth: 'a login that is one person’s (OAuth)',
  'forwarded-token': 'a login that is one person’s (a forwarded token)',
  'minted-certificate': 'a login that is one person’s (a certificate made for them)',
}

/**
 * Whether a connection that signs in so can be shared with this audience under this policy. Rules are called by their
 * cell, such as `credential.oauth.owner.group`.
 */
export function decideCredentialPolicy(
  logins: readonly ConnectionLogin[],
  policy: CredentialPolicy,
  audience: Audience,
): Decision {
  const modes = modesOf(audience)
  for (const login of logins) {
    const refused = modes.find((mode) => CREDENTIAL_MATRIX[login][policy][mode] === 'no')
    if (refused === undefined) continue
    const reason =
      policy === 'owner'
        ? `This connection signs in with ${LOGIN_WORDS[login]}, which cannot serve others; let everybody bring a login of their own, or make it private.`
        : `This connection signs in with ${LOGIN_WORDS[login]}, so nobody can bring a login of their own.`
    return { allowed: false, reason, rule: `credential.${login}.${policy}.${refused}` }
  }
  return { allowed: true, reason: 'This connection can be shared so.', rule: `credential.${policy}` }
}

/** The modes of sharing that have a part in an audience. */
export function modesOf(audience: Audience): SharingMode[] {
  const shared = audienceKindsOf(audience).filter((kind) => kind !== 'public')
  return shared.length === 0 ? ['private'] : shared
}

function line(text: string): Line {
  const cells = text.trim().split(/\s+/)
  return Object.fromEntries(SHARING_MODES.map((mode, index) => [mode, cells[index]])) as Record<SharingMode, Cell>
}
