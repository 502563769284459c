import { environmentKeySource } from './environment/kind.ts'
import { environmentFileKeySource } from './environment-file/kind.ts'
import { fileKeySource } from './file/kind.ts'
import { type KeySource, KeySourceError, type KeySourceKind } from './key-source.ts'

/** Every kind of place that a master key can come from. */
export const KEY_SOURCE_KINDS: readonly KeySourceKind[] = [
  environmentKeySource,
  environmentFileKeySource,
  fileKeySource,
]

/** Opens the place that the environment chooses, or else the home folder. Throws `KeySourceError`. */
export function openKeySource(get: (variable: string) => string | undefined, home: string): KeySource {
  const chosen = KEY_SOURCE_KINDS.flatMap((kind) => {
    const value = kind.variable === null ? undefined : get(kind.variable)
    return value === undefined ? [] : [{ kind, value }]
  })
  const [first, second] = chosen
  if (second !== undefined) {
    throw new KeySourceError(`Set ${chosen.map(({ kind }) => kind.variable).join(' or ')}, not both.`)
  }
  if (first !== undefined) return first.kind.open(first.value, { home })
  const usual = KEY_SOURCE_KINDS.find(({ variable }) => variable === null)
  if (usual === undefined) throw new Error('No kind of key source serves when none is chosen.')
  return usual.open('', { home })
}
