import { randomInt } from 'node:crypto'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'

export const RECOVERY_CODE_COUNT = 10
/** Without letters and digits that look alike. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'
const HALF_LENGTH = 5

/** Fresh codes such as `k3m9x-7tqwe`, of about 49 random bits each. */
export function createRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODE_COUNT }, () => `${half()}-${half()}`)
}

/** What is stored of a person's code: useless without the server's key, however short the code is. */
export function hashRecoveryCode(secretBox: SecretBox, userId: string, code: string): string {
  return secretBox.sign('recovery-code', `${userId}:${code.toLowerCase().replace(/[^a-z0-9]/g, '')}`)
}

function half(): string {
  return Array.from({ length: HALF_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
