import type { DemoSample } from './server-process.ts'

/** Where the real clients are pointed: one connection of one server, and what is known of its tables. */
export interface ClientTarget {
  readonly label: string
  readonly apiBaseUrl: string
  readonly accessToken: string
  readonly connectionName: string
  readonly samples: { readonly point: DemoSample; readonly line: DemoSample; readonly polygon: DemoSample }
  /** Longitude, latitude and zoom of a place where every sample has data. */
  readonly view: readonly [number, number, number]
  /** A public map over all three samples, and a private one that `accessToken` may read. */
  readonly publicMapId: string
  readonly privateMapId: string
}

/** A table over which a map could be made, one per kind of geometry. */
export function samplesByGeometry(samples: readonly DemoSample[]): ClientTarget['samples'] {
  const of = (geometry: DemoSample['geometry']): DemoSample => {
    const sample = samples.find((each) => each.geometry === geometry)
    if (!sample) throw new Error(`demo.json names no ${geometry} sample`)
    return sample
  }
  return { point: of('point'), line: of('line'), polygon: of('polygon') }
}

/** What the set-up of the end-to-end project hands to its tests. */
export interface SharedServers {
  readonly baseUrl: string
  readonly home: string
  readonly pid: number
  /** The link that was printed at the first start; it signs in once. */
  readonly oneTimeLink: string
  readonly readyAfterMs: number
  readonly targets: readonly ClientTarget[]
  readonly users: readonly { readonly role: string; readonly email: string; readonly password: string }[]
  readonly demoMapId: string
  readonly postgres: {
    readonly connectionString: string
    readonly connectionName: string
    readonly host: string
    readonly port: number
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServers
  }
}
