/** One event of the log as it leaves the installation. */
export interface StreamedEvent {
  /** Null for what belongs to the installation. */
  readonly organizationId: string | null
  readonly seq: string
  readonly id: string
  readonly at: string
  readonly type: string
  readonly outcome: 'ok' | 'denied' | 'error'
  readonly reason: string | null
  readonly actor: {
    readonly kind: string
    readonly id: string | null
    readonly name: string | null
    readonly email: string | null
  }
  readonly asset: { readonly type: string; readonly id: string | null } | null
  readonly requestId: string | null
  readonly sessionId: string | null
  readonly decisionId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly hash: string
}

/** Somewhere that events are sent to. */
export interface Sink {
  /** Takes events of one chain in their order: all of them, or it throws and is asked again. */
  deliver(events: readonly StreamedEvent[], signal: AbortSignal): Promise<void>
}

/** A kind of destination, found by how its address begins. */
export interface SinkKind {
  /** Such as `https:`. */
  readonly protocols: readonly string[]
  /** Throws a sentence when the address does not say enough. */
  open(address: URL): Sink
}
