import { PROVIDERS } from '@graticule/warehouses'
import { encodeTileRow, type TileBytes, type TileJob } from './encode-tile-row.ts'

/** The task of a worker thread: one tile. The thread pool calls a module's default export, so there must be one. */
export default function encodeInWorker(job: TileJob): TileBytes {
  const provider = PROVIDERS.find((candidate) => candidate.id === job.providerId)
  if (!provider) throw new Error(`There is no provider "${job.providerId}".`)
  return encodeTileRow(provider.compiler, job)
}
