import { hash, verify } from '@node-rs/argon2'

// OWASP's recommended setting for Argon2id: 19 MiB, two passes, one lane. Hashing runs in the library's own threads.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let decoy: Promise<string> | undefined

/** Argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS)
}

/** Whether the password is the hashed one. Without a hash it takes as long as with one, and answers false. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  if (passwordHash !== null) return verify(passwordHash, password)
  decoy ??= hashPassword('no password is this one')
  await verify(await decoy, password)
  return false
}
