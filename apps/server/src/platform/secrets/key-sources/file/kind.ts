import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createMasterKey, type MasterKey, parseMasterKeys } from '../../master-key.ts'
import { readPrivateFile } from '../../private-file.ts'
import { KeySourceError, type KeySourceKind } from '../key-source.ts'

/** Keys in `secret.key` of the home folder, a line each, made at the first start and readable by its owner only. */
export const fileKeySource: KeySourceKind = {
  id: 'file',
  variable: null,
  open(_value, { home }) {
    const path = join(home, 'secret.key')
    return {
      name: `the file ${path}`,
      isLive: true,
      read: async () => readKeys(path),
      editor: {
        async addKey(isFirst) {
          await mkdir(home, { recursive: true })
          if (isFirst) await createFile(home, path)
          else await replaceFile(home, path, [createMasterKey(), ...readKeys(path)])
        },
        async keepKeys(isKept) {
          const keys = readKeys(path)
          // Backups of the store open with nothing else, so that they are the operator's to delete.
          const retired = `${path}.retired`
          const removed = [...keys.filter((key) => !isKept(key)), ...readKeys(retired)]
          if (removed.length > 0) await replaceFile(home, retired, removed)
          await replaceFile(home, path, keys.filter(isKept))
          return retired
        },
      },
    }
  },
}

function readKeys(path: string): readonly MasterKey[] {
  const text = readPrivateFile(path, { isGroupOfMountedOnesTrusted: false })
  if (text === null) {
    if (existsSync(path)) throw new KeySourceError(`The key file ${path} cannot be read by the user of the server.`)
    return []
  }
  const keys = parseMasterKeys(text)
  if (keys !== null) return keys
  throw new KeySourceError(`The file ${path} does not hold a key: 64 hexadecimal digits are expected.`)
}

/** Written under another name and then linked: a crash leaves no half key, and the first of two starts wins. */
async function createFile(home: string, path: string): Promise<void> {
  const draft = await writeDraft(path, [createMasterKey()])
  try {
    await link(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  await syncFolder(home)
}

/** A crash leaves the old file or the new one, never a part. */
async function replaceFile(home: string, path: string, keys: readonly MasterKey[]): Promise<void> {
  if (keys.length === 0) throw new Error('A key file without a key would seal nothing.')
  await rename(await writeDraft(path, keys), path)
  await syncFolder(home)
}

async function writeDraft(path: string, keys: readonly MasterKey[]): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o400)
  try {
    await file.writeFile(keys.map((key) => `${key.reveal().toString('hex')}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

/** The name in the folder must outlast a power cut, as the bytes do: what was sealed since would be lost with it. */
async function syncFolder(home: string): Promise<void> {
  const folder = await open(home, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
