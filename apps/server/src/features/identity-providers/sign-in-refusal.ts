import { SIGN_IN_PROBLEMS, type SignInProblem } from '@graticule/contract'

/** Why somebody whom an identity provider sent is not let in. The cause is for the server's own log. */
export class SignInRefusal extends Error {
  readonly problem: SignInProblem

  constructor(problem: SignInProblem, cause?: unknown) {
    super(SIGN_IN_PROBLEMS[problem], { cause })
    this.name = 'SignInRefusal'
    this.problem = problem
  }
}
