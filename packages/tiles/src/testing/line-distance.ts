import type { Position } from './decode-layer.ts'

type Paths = readonly (readonly Position[])[]

/** The largest distance of a vertex of some lines from other lines; vertices that `isLeftOut` names do not count. */
export function farthestFrom(
  lines: Paths,
  others: Paths,
  isLeftOut: (vertex: Position) => boolean = () => false,
): number {
  const distances = lines
    .flat()
    .filter((vertex) => !isLeftOut(vertex))
    .map((vertex) =>
      Math.min(...others.flatMap((path) => path.slice(1).map((to, i) => toSegment(vertex, path[i], to)))),
    )
  return Math.max(0, ...distances)
}

function toSegment([x, y]: Position, [x1, y1]: Position = [0, 0], [x2, y2]: Position): number {
  const squaredLength = (x2 - x1) ** 2 + (y2 - y1) ** 2
  const along = squaredLength === 0 ? 0 : ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / squaredLength
  const share = Math.max(0, Math.min(1, along))
  return Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))
}
