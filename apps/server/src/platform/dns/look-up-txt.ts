import { Resolver } from 'node:dns/promises'

/** The TXT records of a name; empty when it has none. Throws when no name server answers. */
export type LookUpTxt = (name: string) => Promise<readonly string[]>

const TRY_TIMEOUT_MS = 3_000
const TRIES = 2
/** What name servers say of a name that is not there, or has no such record. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA'])

/** Asks the name servers of this machine, or the given ones; it takes no longer than a few seconds. */
export function createTxtLookUp(servers?: readonly string[], timeoutMs = TRY_TIMEOUT_MS): LookUpTxt {
  return async (name) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES })
    if (servers !== undefined) resolver.setServers(servers)
    try {
      return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
    } catch (error) {
      if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return []
      throw error
    }
  }
}
