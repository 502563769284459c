import type { TokenCreateBody, TokenSummary } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { apiPath, sendRequest } from './client.ts'

const TOKENS = '/v3/tokens'

/** A token as it is answered once, when it is made. */
export type CreatedToken = TokenSummary & { readonly token: string }

/** The person's API access tokens. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => {
    const answer = await sendRequest<TokenSummary[] | { tokens: TokenSummary[] }>(TOKENS, { signal })
    return Array.isArray(answer) ? answer : answer.tokens
  },
})

/** Makes a token; its text is in the answer and nowhere else, ever again. */
export function createToken(body: Static<typeof TokenCreateBody>): Promise<CreatedToken> {
  return sendRequest(TOKENS, { method: 'POST', body })
}

/** Ends a token at once. */
export function revokeToken(id: string): Promise<void> {
  return sendRequest(apiPath(TOKENS, id), { method: 'DELETE' })
}
