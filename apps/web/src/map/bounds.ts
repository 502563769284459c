/** West, south, east, north in degrees. East of 180 the box goes on across the antimeridian. */
export type Bounds = readonly [number, number, number, number]

/** Whether a box is so wide that the same data may be narrower across the antimeridian. */
export function isWiderThanHalfTheWorld([west, , east]: Bounds): boolean {
  return east - west > 180
}

/** The narrowest box around several boxes, across the antimeridian if need be; null without any. */
export function unionOfBounds(boxes: readonly Bounds[]): Bounds | null {
  if (boxes.length === 0) return null
  const [west, east] = boxes.some((box) => box[2] > 180)
    ? narrower(enclose(boxes.map(seeAcross)), enclose(boxes.map(seeFlat)))
    : enclose(boxes.map(([from, , to]) => [from, to] as const))
  return [west, Math.min(...boxes.map((box) => box[1])), east, Math.max(...boxes.map((box) => box[3]))]
}

type Longitudes = readonly [number, number]

function enclose(stretches: readonly Longitudes[]): Longitudes {
  return [Math.min(...stretches.map(([west]) => west)), Math.max(...stretches.map(([, east]) => east))]
}

/** What lies west of Greenwich follows on the eastern half of the world. */
function seeAcross([west, , east]: Bounds): Longitudes {
  return east < 0 ? [west + 360, east + 360] : [west, east]
}

/** On a map that ends at the antimeridian a box across it reaches from one edge to the other. */
function seeFlat([west, , east]: Bounds): Longitudes {
  return east > 180 ? [-180, 180] : [west, east]
}

function narrower(one: Longitudes, other: Longitudes): Longitudes {
  return one[1] - one[0] < other[1] - other[0] ? one : other
}
