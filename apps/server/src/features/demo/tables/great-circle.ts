import type { Position } from 'geojson'

const EARTH_RADIUS_KM = 6_371.0088
const RADIANS_PER_DEGREE = Math.PI / 180

/** Points along a great circle are at most this far apart: closer ones would not be seen on a map. */
const STEP_KM = 75

/** The distance over the ground between two positions in degrees, on a sphere. */
export function distanceKm(from: Position, to: Position): number {
  return EARTH_RADIUS_KM * angleBetween(from, to)
}

/** The shortest way over the ground, as positions in degrees from one to the other, both included. */
export function greatCircle(from: Position, to: Position): Position[] {
  const angle = angleBetween(from, to)
  const steps = Math.max(1, Math.ceil((angle * EARTH_RADIUS_KM) / STEP_KM))
  if (steps === 1) return [from, to]
  const [start, end] = [unitVector(from), unitVector(to)]
  return Array.from({ length: steps + 1 }, (_, step) => {
    if (step === 0) return from
    if (step === steps) return to
    const fraction = step / steps
    const startShare = Math.sin((1 - fraction) * angle) / Math.sin(angle)
    const endShare = Math.sin(fraction * angle) / Math.sin(angle)
    const [x, y, z] = start.map((value, axis) => startShare * value + endShare * (end[axis] ?? 0)) as Vector
    return [round(Math.atan2(y, x) / RADIANS_PER_DEGREE), round(Math.atan2(z, Math.hypot(x, y)) / RADIANS_PER_DEGREE)]
  })
}

type Vector = [number, number, number]

function angleBetween([fromLongitude = 0, fromLatitude = 0]: Position, [toLongitude = 0, toLatitude = 0]: Position) {
  const latitudeHalf = Math.sin(((toLatitude - fromLatitude) * RADIANS_PER_DEGREE) / 2)
  const longitudeHalf = Math.sin(((toLongitude - fromLongitude) * RADIANS_PER_DEGREE) / 2)
  const cosines = Math.cos(fromLatitude * RADIANS_PER_DEGREE) * Math.cos(toLatitude * RADIANS_PER_DEGREE)
  return 2 * Math.asin(Math.min(1, Math.sqrt(latitudeHalf ** 2 + cosines * longitudeHalf ** 2)))
}

function unitVector([longitude = 0, latitude = 0]: Position): Vector {
  const [lambda, phi] = [longitude * RADIANS_PER_DEGREE, latitude * RADIANS_PER_DEGREE]
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)]
}

/** Six decimals are a tenth of a metre. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
