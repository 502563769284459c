/** The latitude where the square web-mercator world ends; everything beyond is drawn on its edge. */
export const MAX_LATITUDE = 85.0511287798066

/** Half the side of the web-mercator world (EPSG:3857), in meters. */
export const MERCATOR_HALF_SIDE_METERS = 20037508.342789244

const RADIANS_PER_DEGREE = Math.PI / 180

/** Longitude in degrees → distance from the antimeridian as a fraction of the world's side; not wrapped. */
export function worldXFromLongitude(longitude: number): number {
  return longitude / 360 + 0.5
}

/** Latitude in degrees → distance from the northern edge as a fraction of the world's side, clamped to 0…1. */
export function worldYFromLatitude(latitude: number): number {
  if (latitude >= MAX_LATITUDE) return 0
  if (latitude <= -MAX_LATITUDE) return 1
  const sine = Math.sin(latitude * RADIANS_PER_DEGREE)
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)
}

/** The inverse of `worldXFromLongitude`. */
export function longitudeFromWorldX(worldX: number): number {
  return (worldX - 0.5) * 360
}

/** The inverse of `worldYFromLatitude`; fractions beyond 0…1 run on towards the poles. */
export function latitudeFromWorldY(worldY: number): number {
  return Math.atan(Math.sinh(Math.PI * (1 - 2 * worldY))) / RADIANS_PER_DEGREE
}
