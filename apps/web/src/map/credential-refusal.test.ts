import { CartoAPIError } from '@carto/api-client'
import { expect, test } from 'vitest'
import { ApiError } from '../api/api-error.ts'
import { credentialRefusalOf, groupRefusals, readCredentialRefusal } from './credential-refusal.ts'

const details = { connectionId: 'cn1', connectionName: 'warehouse', state: 'none', give: {} }
const error = 'The data of "warehouse" are read with a database login of your own.'
const body = { code: 'credentials_required', status: 403, requestId: 'r', error, details }
const needed = { kind: 'needed', connectionId: 'cn1', connectionName: 'warehouse', state: 'none' } as const

test('the need of a login is read from the errors of both clients and from a tile’s answer', () => {
  const ours = new ApiError({ code: 'credentials_required', status: 403, message: error, requestId: 'r', details })
  expect(credentialRefusalOf(ours)).toEqual(needed)
  const theirs = new CartoAPIError(new Error(error), { requestType: 'SQL' }, new Response(null, { status: 403 }), body)
  expect(credentialRefusalOf(theirs)).toEqual(needed)
  expect(readCredentialRefusal(body)).toEqual(needed)
})

test('support, a view as somebody else and a public link are told the server’s sentence', () => {
  for (const rule of ['credential.viewer.support', 'credential.viewer.public-map', 'view-as']) {
    const refused = { code: 'forbidden', error: 'None of this.', details: { rule } }
    expect(readCredentialRefusal(refused), rule).toEqual({ kind: 'closed', sentence: 'None of this.' })
  }
})

test('other refusals and failures are none of it', () => {
  expect(credentialRefusalOf(new Error('No route to host.'))).toBeNull()
  expect(readCredentialRefusal({ code: 'forbidden', error: 'No.', details: { rule: 'role' } })).toBeNull()
  expect(readCredentialRefusal({ code: 'credentials_required', error })).toBeNull()
  expect(readCredentialRefusal('<html>')).toBeNull()
  expect(readCredentialRefusal(null)).toBeNull()
})

test('many layers of one connection make one entry, and a sentence is said once', () => {
  const rejected = { ...needed, connectionId: 'cn2', connectionName: 'other', state: 'rejected' } as const
  const closed = { kind: 'closed', sentence: 'None of this.' } as const
  expect(
    groupRefusals([
      { label: 'Stores', refusal: needed },
      { label: 'Sales', refusal: needed },
      { label: 'Stores', refusal: needed },
      { label: 'Roads', refusal: rejected },
      { label: 'Parks', refusal: closed },
      { label: 'Lakes', refusal: closed },
    ]),
  ).toEqual({
    needed: [
      { connectionId: 'cn1', connectionName: 'warehouse', state: 'none', labels: ['Stores', 'Sales'] },
      { connectionId: 'cn2', connectionName: 'other', state: 'rejected', labels: ['Roads'] },
    ],
    closed: ['None of this.'],
    signIn: [],
  })
})

test('who has to sign in again is told so once, with the way to it', () => {
  const sentence = 'Sign in again to see the data of "warehouse".'
  const signInPath = '/auth/oidc/p1/start'
  const refused = {
    code: 'credentials_required',
    error: sentence,
    details: { ...details, reason: 'sign-in', signInPath },
  }
  const refusal = readCredentialRefusal(refused)
  expect(refusal).toEqual({ kind: 'sign-in', sentence, signInPath })
  if (refusal === null) throw new Error('It is a refusal.')
  const parts = ['Stores', 'Sales'].map((label) => ({ label, refusal }))
  expect(groupRefusals(parts)).toEqual({ needed: [], closed: [], signIn: [{ sentence, signInPath }] })
})
