import { AsyncLocalStorage } from 'node:async_hooks'

/** What is known of a request to the authorization server besides what stands in it. */
export interface OAuthContext {
  readonly requestId: string
  /** Where it comes from, for what counts in some networks only; null where nothing is gained, so that it counts anywhere. */
  readonly address: string | null
  /** The person who is signed in to the workspace in this browser; null for everybody else. */
  readonly person: { readonly userId: string; readonly sessionId: string } | null
  /** The session that what is exchanged for tokens was given in, once that has been looked up. */
  sessionId: string | null
}

const contexts = new AsyncLocalStorage<OAuthContext>()

export function runWithOAuthContext<Result>(context: OAuthContext, run: () => Result): Result {
  return contexts.run(context, run)
}

export function oauthContext(): OAuthContext {
  const context = contexts.getStore()
  if (context === undefined) throw new Error('The authorization server is asked outside of a request.')
  return context
}
