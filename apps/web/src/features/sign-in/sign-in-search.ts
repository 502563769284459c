import { SIGN_IN_PROBLEMS, type SignInProblem } from '@graticule/contract'

/** What the sign-in page reads from its address. */
export interface SignInSearch {
  /** The token of a one-time link. */
  readonly link?: string
  /** Where to go afterwards: a path of this app. */
  readonly target?: string
  /** True when a running session has just ended. */
  readonly ended?: boolean
  /** Why a sign-in through an identity provider did not succeed. */
  readonly problem?: SignInProblem
}

/** Reads the search parameters; a target that leads out of this app is dropped. */
export function parseSignInSearch(raw: Record<string, unknown>): SignInSearch {
  return {
    link: raw.link === undefined || raw.link === '' ? undefined : String(raw.link),
    target: isOwnPath(raw.target) ? raw.target : undefined,
    ended: raw.ended === true ? true : undefined,
    problem: readProblem(raw.problem),
  }
}

/** A problem that is known; any other text in the address is not worth showing. */
export function readProblem(raw: unknown): SignInProblem | undefined {
  return typeof raw === 'string' && Object.hasOwn(SIGN_IN_PROBLEMS, raw) ? (raw as SignInProblem) : undefined
}

function isOwnPath(target: unknown): target is string {
  if (typeof target !== 'string' || !target.startsWith('/')) return false
  // Browsers read `//host` and `/\host` as other sites.
  return !/^\/[/\\]/.test(target) && !target.startsWith('/sign-in')
}
