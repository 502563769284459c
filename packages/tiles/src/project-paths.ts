import type { PathList } from './path-list.ts'
import type { TileGrid } from './tile-grid.ts'
import { worldXFromLongitude, worldYFromLatitude } from './web-mercator.ts'

/**
 * Appends path `path` of `source` (degrees) to the path being built in `target`, rounded to the absolute grid and
 * counted from the tile's corner. Vertices that fall onto the one before, or are not finite, are left out.
 */
export function projectPath(source: PathList, path: number, grid: TileGrid, target: PathList): void {
  const { worldSide, left, top } = grid
  const end = source.ends[path] as number
  const start = source.startOf(path)
  target.reserve((end - start) / 2)
  const from = source.coordinates
  const to = target.coordinates
  let size = target.size
  let lastX = Number.NaN
  let lastY = Number.NaN
  for (let i = start; i < end; i += 2) {
    const x = Math.floor(worldXFromLongitude(from[i] as number) * worldSide + 0.5) - left
    const y = Math.floor(worldYFromLatitude(from[i + 1] as number) * worldSide + 0.5) - top
    if ((x === lastX && y === lastY) || !Number.isFinite(x + y)) continue
    to[size++] = x
    to[size++] = y
    lastX = x
    lastY = y
  }
  target.size = size
}
