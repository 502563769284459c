import type { Decision } from './can.ts'

/** What is asked of an API token itself before anything that it would do. */
export interface TokenUse {
  /** Origins that may use it; empty for all. */
  readonly referers: readonly string[]
  readonly expiresAt: Date | null
}

/**
 * Whether a token counts at this moment, for a page of this origin: null where none is told, undefined where it is not
 * asked about.
 */
export function decideTokenUse(
  { referers, expiresAt }: TokenUse,
  now: Date,
  origin: string | null | undefined,
): Decision {
  if (expiresAt !== null && expiresAt.getTime() <= now.getTime()) {
    return { allowed: false, reason: 'This token has expired.', rule: 'token.expired' }
  }
  if (origin !== undefined && referers.length > 0 && !isFromReferer(referers, origin)) {
    return { allowed: false, reason: 'Unauthorized referer', rule: 'referer' }
  }
  return { allowed: true, reason: 'This token counts.', rule: 'token' }
}

/** Compares origins, so that a stored trailing slash or path does not silently lock everybody out. */
function isFromReferer(referers: readonly string[], origin: string | null): boolean {
  if (origin === null) return false
  const asked = originOf(origin)
  return asked !== null && referers.some((referer) => originOf(referer) === asked)
}

function originOf(text: string): string | null {
  const url = URL.parse(text) ?? URL.parse(`https://${text}`)
  return url === null ? null : url.origin
}
