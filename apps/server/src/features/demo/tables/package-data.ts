import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { csvParse } from 'd3-dsv'
import type { Topology } from 'topojson-specification'

const require = createRequire(import.meta.url)

/** A file of vega-datasets as text. Its package exports only a loader that fetches from the network. */
export function readVegaText(file: string): string {
  const entryPoint = require.resolve('vega-datasets')
  return readFileSync(join(dirname(entryPoint), '..', 'data', file), 'utf8')
}

/** A JSON file of vega-datasets. */
export function readVegaJson<Value>(file: string): Value {
  return JSON.parse(readVegaText(file)) as Value
}

/** The rows of a CSV file of vega-datasets, every cell a string. */
export function readVegaCsv(file: string): Record<string, string>[] {
  return csvParse(readVegaText(file))
}

/** A boundary file of us-atlas or world-atlas, such as `us-atlas/counties-10m.json`. */
export function readTopology(path: string): Topology {
  return JSON.parse(readFileSync(require.resolve(path), 'utf8')) as Topology
}
