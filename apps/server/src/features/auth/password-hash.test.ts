import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from './password-hash.ts'

test('a password is kept as Argon2id with the memory and passes that OWASP recommends, and is known again', async () => {
  const kept = await hashPassword('correct horse battery')
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await verifyPassword(kept, 'correct horse battery')).toBe(true)
  expect(await verifyPassword(kept, 'correct horse batterz')).toBe(false)
  expect(await verifyPassword(null, 'no password is this one')).toBe(false)
})
