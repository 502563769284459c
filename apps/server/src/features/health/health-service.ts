import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'

/** Something that must be done before the server says that it is ready, such as loading the demo data. */
export interface ReadinessGate {
  readonly name: string
  isOpen(): boolean | Promise<boolean>
}

export interface Readiness {
  readonly isReady: boolean
  /** The outcome of each check by name: `ok`, or what is missing. */
  readonly checks: Readonly<Record<string, string>>
}

const STORE_TIMEOUT_MS = 2_000

/** Knows whether this server can serve. */
export class HealthService {
  readonly #store: Store
  readonly #gates: readonly ReadinessGate[]

  constructor(store: Store, gates: readonly ReadinessGate[]) {
    this.#store = store
    this.#gates = gates
  }

  async check(): Promise<Readiness> {
    const checks: Record<string, string> = { metadataStore: (await this.#canReachStore()) ? 'ok' : 'unreachable' }
    for (const gate of this.#gates) checks[gate.name] = (await gate.isOpen()) ? 'ok' : 'not yet'
    return { isReady: Object.values(checks).every((outcome) => outcome === 'ok'), checks }
  }

  async #canReachStore(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, STORE_TIMEOUT_MS, false)
    })
    const attempt = sql`SELECT 1`.execute(this.#store).then(
      () => true,
      () => false,
    )
    try {
      return await Promise.race([attempt, timeout])
    } finally {
      clearTimeout(timer)
    }
  }
}
