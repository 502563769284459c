import type { SignInProblem } from '@graticule/contract'
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { OutboundRefusal } from '../../../../platform/outbound/outbound.ts'
import { readText } from '../../redirect-login/name-of-error.ts'

/** What was wrong with a provider's answer, from what the library threw about it. */
export function describeProblem(error: unknown): SignInProblem {
  if (error instanceof AuthorizationResponseError) return 'provider_refused'
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) return 'invalid_answer'
  const chain = causesOf(error)
  const claim = chain.map((part) => readText(part, 'claim')).find((text) => text !== null)
  if (claim === 'nonce') return 'wrong_nonce'
  if (claim === 'aud' || claim === 'azp') return 'wrong_audience'
  if (claim === 'iss') return 'wrong_issuer'
  if (claim === 'exp' || claim === 'nbf' || claim === 'iat') return 'token_expired'
  const messages = chain.map((part) => readText(part, 'message') ?? '').join('\n')
  if (/"nonce"/.test(messages)) return 'wrong_nonce'
  if (/"iss" \(issuer\)/.test(messages)) return 'wrong_issuer'
  if (/"alg" header|unsupported JWS algorithm/.test(messages)) return 'token_unsigned'
  if (/signature verification failed|JWT verification key/.test(messages)) return 'wrong_signature'
  if (chain.some((part) => part instanceof OutboundRefusal)) return 'provider_unreachable'
  if (/fetch failed|timed out|timeout|aborted/i.test(messages)) return 'provider_unreachable'
  return 'invalid_answer'
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let part = error; typeof part === 'object' && part !== null && chain.length < 5; ) {
    chain.push(part)
    part = 'cause' in part ? part.cause : null
  }
  return chain
}
