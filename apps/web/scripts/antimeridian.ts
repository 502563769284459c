import type { Position } from 'geojson'

/** Makes longitudes run on past ±180 instead of jumping; a ring around a pole is closed along that pole. */
export function unwrapRing(ring: readonly Position[]): Position[] {
  const unwrapped: Position[] = []
  let offset = 0
  for (const [longitude = 0, latitude = 0] of ring) {
    const previous = unwrapped.at(-1)?.[0]
    if (previous !== undefined) {
      const jump = longitude + offset - previous
      if (jump > 180) offset -= 360
      else if (jump < -180) offset += 360
    }
    unwrapped.push([longitude + offset, latitude])
  }
  const first = unwrapped[0]
  const last = unwrapped.at(-1)
  if (!first || !last || Math.abs((last[0] ?? 0) - (first[0] ?? 0)) < 180) return unwrapped
  const pole = (first[1] ?? 0) < 0 ? -90 : 90
  return [...unwrapped, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first]
}

/** The part of a ring on one side of a meridian. */
function clipAtMeridian(ring: readonly Position[], meridian: number, keepsEast: boolean): Position[] {
  const isKept = (position: Position) => (keepsEast ? (position[0] ?? 0) >= meridian : (position[0] ?? 0) <= meridian)
  const clipped: Position[] = []
  ring.forEach((position, index) => {
    const previous = ring[index - 1]
    if (previous && isKept(previous) !== isKept(position)) {
      const [x0 = 0, y0 = 0] = previous
      const [x1 = 0, y1 = 0] = position
      clipped.push([meridian, y0 + ((y1 - y0) * (meridian - x0)) / (x1 - x0)])
    }
    if (isKept(position)) clipped.push(position)
  })
  const first = clipped[0]
  const last = clipped.at(-1)
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) clipped.push(first)
  return clipped
}

/** Cuts a polygon that crosses the antimeridian into parts within ±180 degrees. */
export function cutPolygon(polygon: readonly Position[][]): Position[][][] {
  const rings = polygon.map(unwrapRing)
  return [-360, 0, 360].flatMap((shift) => {
    const parts = rings
      .map((ring) => ring.map(([longitude = 0, latitude = 0]): Position => [longitude + shift, latitude]))
      .map((ring) => clipAtMeridian(clipAtMeridian(ring, -180, true), 180, false))
    return (parts[0]?.length ?? 0) >= 4 ? [parts.filter((ring) => ring.length >= 4)] : []
  })
}
