import { encodeTile } from '@graticule/tiles'
import type { Compiler, TileLayout } from '@graticule/warehouses'

/** The row of one tile statement and how to make a tile of it; safe to send to another thread. */
export interface TileJob {
  readonly providerId: string
  readonly layout: TileLayout
  /** Cells as the wire's text. */
  readonly row: readonly (string | null)[]
  readonly z: number
  readonly x: number
  readonly y: number
  readonly maxFeatures: number
  readonly maxBytes: number
  /** True when a tile that the warehouse already had to cut is of no use, so that encoding it can be spared. */
  readonly isWholeOrNothing: boolean
}

export interface TileBytes {
  /** Empty when the tile has no feature. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** True when features were left out, by the warehouse or here, to stay within the budget. */
  readonly isOverBudget: boolean
  /** True when the warehouse sent no more than the budget of more rows, in no order: the largest may be missing. */
  readonly isCut: boolean
}

/** Reads the row and encodes it, on whichever thread this is called. */
export function encodeTileRow(compiler: Compiler, job: TileJob): TileBytes {
  const features = compiler.decodeTile(job.layout, job.row)
  if (features.dropped && job.isWholeOrNothing) return { bytes: new Uint8Array(), isOverBudget: true, isCut: true }
  const { z, x, y, maxBytes, maxFeatures } = job
  const encoded = encodeTile(features, { z, x, y, maxBytes, maxFeatures })
  const isOverBudget = features.dropped || encoded.droppedCount > 0
  return { bytes: encoded.bytes, isOverBudget, isCut: features.dropped }
}
