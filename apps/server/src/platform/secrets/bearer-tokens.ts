import { hash, randomBytes } from 'node:crypto'

/** 256 random bits as URL-safe text, after a prefix that tells what kind of token it is. */
export function createRandomToken(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** What is stored of a random token: enough to recognise it, useless to whoever reads the store. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}
