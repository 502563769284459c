import type { ConnectionSummary } from '@graticule/contract'
import { expect, test } from 'vitest'
import { ApiError } from '../../api/api-error.ts'
import { policyRule, READING_WAYS, redFindingsOf, settingsOf, wayOf } from './credential-policy.ts'

const connection = (changes: Partial<ConnectionSummary>) =>
  ({
    credentialPolicy: 'owner',
    logins: ['password'],
    privacy: 'shared',
    sharingScope: 'organization',
    ...changes,
  }) as ConnectionSummary

test('a login by password serves others and lets them bring theirs', () => {
  expect(policyRule(connection({}), 'viewer')).toBeUndefined()
  expect(policyRule(connection({ credentialPolicy: 'viewer' }), 'owner')).toBeUndefined()
})

test('the login of one person cannot be lent to those whom the connection is shared with, by name neither', () => {
  const own: Partial<ConnectionSummary> = { credentialPolicy: 'viewer', logins: ['oauth'] }
  expect(policyRule(connection(own), 'owner')).toContain('cannot serve others')
  expect(policyRule(connection({ ...own, sharingScope: 'specific' }), 'owner')).toContain('cannot serve others')
  expect(policyRule(connection({ ...own, privacy: 'private', sharingScope: null }), 'owner')).toBeUndefined()
})

test('nobody brings a login to the warehouse that the server runs itself, and what it has now is no offence', () => {
  const embedded = connection({ logins: ['embedded'] })
  expect(policyRule(embedded, 'viewer')).toContain('nobody can bring a login')
  expect(policyRule(embedded, 'owner')).toBeUndefined()
})

test('red findings are read from the refusal that names them, and from no other', () => {
  const refusal = (details: object) =>
    new ApiError({ code: 'rule_violated', status: 422, message: 'Red.', requestId: 'r', details })
  const findings = [{ rule: 'superuser', severity: 'red', sentence: 'It is a superuser.' }]
  expect(redFindingsOf(refusal({ rule: 'connection.posture.red', findings }))).toEqual(findings)
  expect(redFindingsOf(refusal({ rule: 'credential.oauth.owner.group' }))).toBeNull()
  expect(redFindingsOf(new Error('No.'))).toBeNull()
})

test('a way of reading and the two settings that choose it are the same thing', () => {
  for (const way of READING_WAYS) expect(wayOf(connection(settingsOf(way)))).toBe(way)
})
