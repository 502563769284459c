import type { SignInProblem } from '@graticule/contract'
import { readProblem } from '../../sign-in/sign-in-search.ts'

/** How a test login ended that the browser has just come back from. */
export interface SingleSignOnSearch {
  readonly tested?: boolean
  readonly problem?: SignInProblem
}

export function parseSingleSignOnSearch(raw: Record<string, unknown>): SingleSignOnSearch {
  return { tested: raw.tested === true ? true : undefined, problem: readProblem(raw.problem) }
}
