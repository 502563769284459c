import { randomBytes } from 'node:crypto'
import { Secret } from './secret.ts'

/** 32 bytes that everything secret in the store is sealed with. Losing them loses those secrets for good. */
export type MasterKey = Secret<Buffer>

/** Makes a key that nobody has. */
export function createMasterKey(): MasterKey {
  return new Secret(randomBytes(32))
}

/** Reads a key written as 64 hexadecimal digits or as base64 of 32 bytes; null for anything else. */
export function parseMasterKey(text: string): MasterKey | null {
  const trimmed = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  return bytes.length === 32 ? new Secret(bytes) : null
}

/** Reads keys with white space or commas between, the newest first; null when one is none, or none is there. */
export function parseMasterKeys(text: string): readonly MasterKey[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  const keys = words.map(parseMasterKey)
  return keys.length > 0 && keys.every((key) => key !== null) ? keys : null
}
