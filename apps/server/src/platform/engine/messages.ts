/** The kinds of embedded engine: the metadata store, and the demo warehouse with PostGIS. */
export type EngineKind = 'metadata' | 'warehouse'

/** What a server tells its engine process. */
export type EngineCommand =
  | {
      readonly type: 'open'
      readonly kind: EngineKind
      readonly dataDir: string
      readonly socketPath: string
      readonly templatesDir: string | null
    }
  | { readonly type: 'close' }

/** What an engine process tells its server. */
export type EngineReport = { readonly type: 'opened' } | { readonly type: 'failed'; readonly reason: string }
