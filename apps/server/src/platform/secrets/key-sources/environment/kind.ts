import { parseMasterKeys } from '../../master-key.ts'
import { KeySourceError, type KeySourceKind } from '../key-source.ts'

const VARIABLE = 'GRATICULE_SECRET_KEY'

/** Keys in the environment itself; a restart brings others. */
export const environmentKeySource: KeySourceKind = {
  id: 'environment',
  variable: VARIABLE,
  open(value) {
    const keys = parseMasterKeys(value)
    if (keys === null) {
      throw new KeySourceError(
        `${VARIABLE} must hold 32 bytes as 64 hexadecimal digits (openssl rand -hex 32) or as base64; several keys with commas between, the newest first.`,
      )
    }
    return { name: VARIABLE, isLive: false, read: async () => keys, editor: null }
  },
}
