import type { FactorAdded, FreshProof, SecondFactorProof, SecondStepEnrolled, SessionInfo } from '@graticule/contract'
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { ApiError } from './api-error.ts'
import { apiPath, sendRequest } from './client.ts'

type CreationOptions = PublicKeyCredentialCreationOptionsJSON
type RequestOptions = PublicKeyCredentialRequestOptionsJSON

/** Makes a passkey with this device, after a fresh proof. */
export async function addPasskey({ name, proof }: { name: string; proof: FreshProof }): Promise<FactorAdded> {
  const options = await sendRequest<CreationOptions>('/auth/passkeys/options', { method: 'POST', body: { proof } })
  return sendRequest('/auth/passkeys', { method: 'POST', body: { name, response: await create(options) } })
}

/** Makes a passkey in the second step of a sign-in, and starts the session. */
export async function addPasskeyInSecondStep(name: string): Promise<SecondStepEnrolled> {
  const options = await sendRequest<CreationOptions>('/auth/second-step/passkeys/options', { method: 'POST' })
  return sendRequest('/auth/second-step/passkeys', { method: 'POST', body: { name, response: await create(options) } })
}

/** Gives a passkey another name. */
export function renamePasskey({ id, name }: { id: string; name: string }): Promise<void> {
  return sendRequest(apiPath('/auth/passkeys', id), { method: 'PATCH', body: { name } })
}

/** Removes a passkey, after a fresh proof. */
export function removePasskey({ id, proof }: { id: string; proof: FreshProof }): Promise<void> {
  return sendRequest(apiPath('/auth/passkeys', id, 'remove'), { method: 'POST', body: { proof } })
}

/** Starts a session with whichever passkey of ours the person chooses. */
export async function signInWithPasskey(): Promise<SessionInfo> {
  const options = await sendRequest<RequestOptions>('/auth/sign-in/passkey/options', { method: 'POST' })
  return sendRequest('/auth/sign-in/passkey', { method: 'POST', body: { response: await use(options) } })
}

/** Asks the device for a passkey that proves the second step. */
export async function readSecondStepPasskey(): Promise<SecondFactorProof> {
  const options = await sendRequest<RequestOptions>('/auth/second-step/passkey-options', { method: 'POST' })
  return { kind: 'passkey', response: await use(options) }
}

type Attestation = Awaited<ReturnType<typeof startRegistration>>
type Assertion = Awaited<ReturnType<typeof startAuthentication>>
type AssertionProof = Extract<SecondFactorProof, { kind: 'passkey' }>['response']

function create(optionsJSON: CreationOptions): Promise<Attestation> {
  return explain(startRegistration({ optionsJSON }), 'This device has a passkey of yours for Graticule already.')
}

async function use(optionsJSON: RequestOptions): Promise<AssertionProof> {
  const assertion: Assertion = await explain(startAuthentication({ optionsJSON }), 'This passkey cannot be used here.')
  return assertion as AssertionProof
}

/** What the browser throws says nothing to people: mostly that they closed its window. */
async function explain<Answer>(asked: Promise<Answer>, knownAlready: string): Promise<Answer> {
  try {
    return await asked
  } catch (error) {
    const isKnown = error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
    const message = isKnown ? knownAlready : 'The browser got no passkey. Try again, and confirm it on your device.'
    throw new ApiError({ code: 'invalid_request', status: 400, requestId: '', message })
  }
}
