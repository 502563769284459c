import { parseMasterKeys } from '../../master-key.ts'
import { readPrivateFile } from '../../private-file.ts'
import { KeySourceError, type KeySourceKind } from '../key-source.ts'

const VARIABLE = 'GRATICULE_SECRET_KEY_FILE'

/** Keys in a file that the environment names, as secrets are mounted into containers; it is read again when it is needed. */
export const environmentFileKeySource: KeySourceKind = {
  id: 'environment-file',
  variable: VARIABLE,
  open(path) {
    const read = () => {
      const text = readPrivateFile(path, { isGroupOfMountedOnesTrusted: true })
      if (text === null) throw new KeySourceError(`${VARIABLE} names the file "${path}", which cannot be read.`)
      const keys = parseMasterKeys(text)
      if (keys !== null) return keys
      throw new KeySourceError(
        `The file that ${VARIABLE} names must hold 32 bytes as 64 hexadecimal digits (openssl rand -hex 32) or as base64; several keys on a line each, the newest first.`,
      )
    }
    read()
    return { name: `the file ${path} of ${VARIABLE}`, isLive: true, read: async () => read(), editor: null }
  },
}
