import { findProvider } from '@graticule/warehouses'
import { encodeTileRow, type TileBytes, type TileJob } from './encode-tile-row.ts'

/** The task of a worker thread: one tile. The thread pool calls a module's default export, so there must be one. */
export default function encodeInWorker(job: TileJob): TileBytes {
  return encodeTileRow(findProvider(job.providerId).compiler, job)
}
