import { describe, expect, test } from 'vitest'
import { databaseRoleOf, sharedRolesOf } from './database-role.ts'

describe('the role that is asked for', () => {
  test.each([
    ['alice@acme.test', 'alice'],
    ['Alice.Smith-2@acme.test', 'alice.smith-2'],
    ['"a@b"@acme.test', null],
    ['+graticule_viewers@acme.test', null],
    ['/^.*$@acme.test', null],
    ['alice bob@acme.test', null],
    ['ä@acme.test', null],
    ['\u212Aim@acme.test', null],
    ['@acme.test', null],
    ['nobody', null],
    [`${'a'.repeat(64)}@acme.test`, null],
  ])('of %s is %s', (email, role) => {
    expect(databaseRoleOf(email)).toBe(role)
  })

  test('is shared when several addresses make it, however they are written', () => {
    const emails = ['anna@corp.test', 'Anna@mail.test', 'bob@corp.test', '+a@corp.test', '+a@mail.test']
    expect([...sharedRolesOf(emails.map((email) => ({ email })))]).toEqual(['anna'])
  })
})
