import type {
  FactorAdded,
  FreshProof,
  RecoveryCodes,
  SecondFactorProof,
  SecondFactors,
  SecondStep,
  SecondStepEnrolled,
  SessionInfo,
  TotpEnrolment,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

/** One's own second factors. */
export const secondFactorsQuery = queryOptions({
  queryKey: ['second-factors'],
  queryFn: ({ signal }) => sendRequest<SecondFactors>('/auth/second-factors', { signal }),
})

/** The second step that this browser has before it. */
export const secondStepQuery = queryOptions({
  queryKey: ['second-step'],
  queryFn: ({ signal }) => sendRequest<SecondStep>('/auth/second-step', { signal }),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
})

/** Proves a second factor, and starts the session. */
export function proveSecondStep(proof: SecondFactorProof): Promise<SessionInfo> {
  return sendRequest('/auth/second-step', { method: 'POST', body: { proof } })
}

/** Begins to set an authenticator app up in the second step of a sign-in. */
export function beginTotpInSecondStep(): Promise<TotpEnrolment> {
  return sendRequest('/auth/second-step/totp', { method: 'POST' })
}

/** Confirms it, and starts the session. */
export function confirmTotpInSecondStep(code: string): Promise<SecondStepEnrolled> {
  return sendRequest('/auth/second-step/totp/confirm', { method: 'POST', body: { code } })
}

/** Begins to set an authenticator app up. */
export function beginTotp(proof: FreshProof): Promise<TotpEnrolment> {
  return sendRequest('/auth/totp', { method: 'POST', body: { proof } })
}

/** Confirms the authenticator app with one of its codes. */
export function confirmTotp(code: string): Promise<FactorAdded> {
  return sendRequest('/auth/totp/confirm', { method: 'POST', body: { code } })
}

/** Removes the authenticator app. */
export function removeTotp(proof: FreshProof): Promise<void> {
  return sendRequest('/auth/totp/remove', { method: 'POST', body: { proof } })
}

/** New recovery codes in place of those of before. */
export function renewRecoveryCodes(proof: FreshProof): Promise<RecoveryCodes> {
  return sendRequest('/auth/recovery-codes', { method: 'POST', body: { proof } })
}

/** Takes all second factors of somebody else away. */
export function resetSecondFactors(userId: string): Promise<void> {
  return sendRequest(apiPath('/workspace-api/users', userId, 'second-factor-reset'), { method: 'POST' })
}
