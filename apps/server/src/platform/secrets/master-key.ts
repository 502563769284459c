import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from './secret.ts'

/** 32 bytes that everything secret in the store is sealed with. Losing them loses those secrets for good. */
export type MasterKey = Secret<Buffer>

/** Reads a key written as 64 hexadecimal digits or as base64 of 32 bytes; null for anything else. */
export function parseMasterKey(text: string): MasterKey | null {
  const trimmed = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  return bytes.length === 32 ? new Secret(bytes) : null
}

/** The key in `GRATICULE_HOME/secret.key`, made at the first start and readable by its owner only. */
export async function loadOrCreateMasterKey(home: string): Promise<MasterKey> {
  const path = join(home, 'secret.key')
  await mkdir(home, { recursive: true })
  const existing = await readKeyFile(path)
  if (existing !== null) return existing
  // Written under another name and then linked: a crash leaves no half key, and the first of two starts wins.
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o400)
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
    await chmod(path, 0o400)
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  const created = await readKeyFile(path)
  if (created === null) throw new Error(`The key file ${path} vanished while it was being made.`)
  return created
}

async function readKeyFile(path: string): Promise<MasterKey | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return null
    throw error
  }
  const key = parseMasterKey(text)
  if (key === null) throw new Error(`The file ${path} does not hold a key: 64 hexadecimal digits are expected.`)
  return key
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
