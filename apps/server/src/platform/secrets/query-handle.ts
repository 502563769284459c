import type { SecretBox } from './secret-box.ts'

/** What every handle begins with. */
export const QUERY_HANDLE_PREFIX = 'gtq_'

const PURPOSE = 'map-query'
const HANDLE = /^gtq_([\w-]{1,64})\.([\w-]{32})$/

/**
 * What stands in a map where readers would find SQL: the same for as long as the map reads the same query with the same
 * parameters, of another map another one, and not to be guessed by whoever knows or suspects the query.
 */
export function createQueryHandle(box: SecretBox, mapId: string, query: string): string {
  return `${QUERY_HANDLE_PREFIX}${mapId}.${box.sign(PURPOSE, `${mapId}\n${query}`).slice(0, 32)}`
}

/** The map that a handle names; null for any other text. Whether the map has such a query is for the caller. */
export function readQueryHandle(text: string): { readonly mapId: string } | null {
  const mapId = HANDLE.exec(text)?.[1]
  return mapId === undefined ? null : { mapId }
}
