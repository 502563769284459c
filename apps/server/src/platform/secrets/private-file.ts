import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { KeySourceError } from './key-sources/key-source.ts'

interface PrivateFileRules {
  /**
   * Orchestrators mount secrets as another user's and let our group read them: there is no other way in then. A file of
   * our own needs no group.
   */
  readonly isGroupOfMountedOnesTrusted: boolean
}

/** The text of a file that nobody but its owner may read or change; null when it cannot be read. Throws `KeySourceError`. */
export function readPrivateFile(path: string, { isGroupOfMountedOnesTrusted }: PrivateFileRules): string | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    // Of what was opened, so that nobody exchanges the file between the look and the reading.
    const { mode, uid } = fstatSync(file)
    const isOurs = uid === process.getuid?.()
    const forbidden = isGroupOfMountedOnesTrusted && !isOurs ? 0o037 : 0o077
    if ((mode & forbidden) !== 0) {
      const found = (mode & 0o777).toString(8).padStart(4, '0')
      throw new KeySourceError(
        `Others than its owner can reach the key file ${path} (mode ${found}); run chmod 400 on it, or mount it with mode 0400.`,
      )
    }
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}
