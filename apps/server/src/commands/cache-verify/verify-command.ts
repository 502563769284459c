import { parseArgs } from 'node:util'

export const CACHE_VERIFY_USAGE = `npm run cli -- cache verify <file> <file> [--url <address>] [--samples <number>]
       Each file says who asks: an e-mail address and a password on two lines, or the value of a session's cookie.
       The exit code is 1 when something is shared that must not be, and 2 when nothing could be proved.`

const DEFAULT_SAMPLES = 20
const MAX_SAMPLES = 1_000

/** A check of the cache as it was typed. */
export interface CacheVerifyCommand {
  readonly files: readonly [string, string]
  /** Null for the server of this configuration. */
  readonly url: string | null
  readonly samples: number
}

/** The command that the words mean; null when they are not as the usage says. */
export function readCacheVerify([subject, verb, ...words]: readonly string[]): CacheVerifyCommand | null {
  if (subject !== 'cache' || verb !== 'verify') return null
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { url: { type: 'string' }, samples: { type: 'string' } },
    })
    const [first, second, ...rest] = positionals
    const samples = Number(values.samples ?? DEFAULT_SAMPLES)
    if (first === undefined || second === undefined || rest.length > 0) return null
    if (!Number.isInteger(samples) || samples < 1 || samples > MAX_SAMPLES) return null
    const protocol = values.url === undefined ? 'http:' : URL.parse(values.url)?.protocol
    if (protocol !== 'http:' && protocol !== 'https:') return null
    return { files: [first, second], url: values.url?.replace(/\/$/, '') ?? null, samples }
  } catch {
    return null
  }
}
