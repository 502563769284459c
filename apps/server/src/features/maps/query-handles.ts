import type { Source } from '@graticule/sql'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import { createQueryHandle } from '../../platform/secrets/query-handle.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'

/** What stands for the queries of maps where readers would find their SQL (ADR 0053). */
export class QueryHandles {
  readonly #secrets: SecretBox

  constructor(secrets: SecretBox) {
    this.#secrets = secrets
  }

  /** The handle of a query that a map reads, with its parameters. */
  of(mapId: string, { sql, parameters }: Extract<Source, { type: 'query' }>): string {
    return createQueryHandle(this.#secrets, mapId, canonicalJson([sql, parameters ?? null]))
  }
}
