import type { ConnectionLogin, CredentialPolicy, GovernancePolicies } from '@graticule/contract'
import type { Decision, Refusal } from './can.ts'
import type { PublishedAs } from './credential.ts'

/** A connection that a map is about to be published from, and what it was or is to be read with. */
export interface PublicationFacts {
  readonly connectionName: string
  readonly credentialPolicy: CredentialPolicy
  /** What the stored login of the connection signs in with. */
  readonly logins: readonly ConnectionLogin[]
  readonly isPublishersOwn: boolean
  /** The publishing logins that work. */
  readonly publishingLoginIds: readonly string[]
  /** What the publisher wishes for; `undefined` for nothing, which leaves what was chosen before, or else the preset. */
  readonly wish: PublishedAs | undefined
  readonly before: PublishedAs | null
}

/** What the public reads a connection with, or why the map cannot be published so. */
export type PublicationDecision = { readonly allowed: true; readonly publishedAs: PublishedAs } | Refusal

/** Logins that are one person's, which serve nobody else. */
const PERSONAL_LOGINS: readonly ConnectionLogin[] = ['oauth', 'forwarded-token', 'minted-certificate']

/**
 * What a public map reads a connection with: the login that its publisher names, else the one of before, else the only
 * one that the connection holds for it, else the connection's own. Where everybody reads with a login of their own, that
 * own one is its owner's to give.
 */
export function decidePublication(facts: PublicationFacts): PublicationDecision {
  const { connectionName, publishingLoginIds, wish } = facts
  const wished = wish ?? facts.before ?? presetOf(facts)
  if (wished === null) {
    const reason = `"${connectionName}" holds several publishing logins; choose which of them the public reads with.`
    return refuse('choose', reason)
  }
  if (wished.kind === 'login') {
    if (publishingLoginIds.includes(wished.loginId)) return { allowed: true, publishedAs: wished }
    const reason = `The publishing login of "${connectionName}" that was chosen is gone or does not work; choose another one.`
    return refuse('login', reason)
  }
  if (facts.logins.some((login) => PERSONAL_LOGINS.includes(login))) {
    const reason = `The login of "${connectionName}" is one person’s and never serves the public; its owner can add a publishing login.`
    return refuse('personal-login', reason)
  }
  if (facts.credentialPolicy === 'viewer' && !facts.isPublishersOwn) {
    const reason = `Everybody reads "${connectionName}" with a login of their own, and the stored one is its owner’s; ask its owner to add a publishing login.`
    return refuse('own-login', reason)
  }
  return { allowed: true, publishedAs: { kind: 'own' } }
}

/** Whether a map may be newly published from a connection of this kind: the presets *as CARTO* and *strict*. */
export function decidePublicConnection(
  policies: GovernancePolicies,
  { connectionName, credentialPolicy }: Pick<PublicationFacts, 'connectionName' | 'credentialPolicy'>,
): Decision {
  const rule = 'governance.maps.public-viewer-credentials'
  if (credentialPolicy === 'owner' || policies['maps.public-viewer-credentials']) {
    return { allowed: true, reason: 'The policies of the organization allow it.', rule }
  }
  const reason = `Everybody reads "${connectionName}" with a login of their own, and no new public map may read from such a connection; an admin can change it in Settings → Governance.`
  return { allowed: false, reason, rule }
}

/** How many rows of a source somebody sees; null when that could not be found out. */
export type RowCount = number | null

/** Whether a public link shows what was not to be seen before by whoever may open the map. */
export function widensExposure(
  credentialPolicy: CredentialPolicy,
  publishedAs: PublishedAs,
  rows: { readonly publisher: RowCount; readonly public: RowCount },
): boolean {
  // Here each row is somebody's to see by their login, so the first one that needs none is more than before.
  if (credentialPolicy === 'viewer') return rows.public !== 0
  if (publishedAs.kind === 'own') return false
  if (rows.public === 0) return false
  return rows.public === null || rows.publisher === null || rows.public > rows.publisher
}

function presetOf({ publishingLoginIds }: PublicationFacts): PublishedAs | null {
  const [only, ...others] = publishingLoginIds
  if (only === undefined) return { kind: 'own' }
  return others.length === 0 ? { kind: 'login', loginId: only } : null
}

function refuse(rule: string, reason: string): Refusal {
  return { allowed: false, reason, rule: `publication.${rule}` }
}
