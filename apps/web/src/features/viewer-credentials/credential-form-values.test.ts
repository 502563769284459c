import { expect, test } from 'vitest'
import { credentialErrors, toLogin } from './credential-form-values.ts'

const fields = [
  { name: 'user', label: 'User', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: false },
]

test('a field that the server requires must be filled in, with more than spaces', () => {
  expect(credentialErrors(fields, { user: '  ', password: '' })).toEqual({ user: 'Enter “User”.' })
  expect(credentialErrors(fields, { user: 'alice', password: '' })).toEqual({})
})

test('a secret is sent as it was typed, a name without the spaces around it, and nothing for what is empty', () => {
  expect(toLogin(fields, { user: ' alice ', password: ' s3 ' })).toEqual({ user: 'alice', password: ' s3 ' })
  expect(toLogin(fields, { user: 'alice', password: '' })).toEqual({ user: 'alice' })
  expect(toLogin(fields, { user: 'alice', password: 'x', other: 'y' })).toEqual({ user: 'alice', password: 'x' })
})
