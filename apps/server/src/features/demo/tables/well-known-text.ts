import type { Position } from 'geojson'

/** WKT of a point in degrees. */
export function pointText(longitude: number, latitude: number): string {
  return `POINT(${longitude} ${latitude})`
}

/** WKT of a line in degrees. */
export function lineText(positions: readonly Position[]): string {
  return `LINESTRING${positionsText(positions)}`
}

/** WKT of polygons, each a shell and its holes, in degrees. */
export function polygonsText(polygons: readonly Position[][][]): string {
  const parts = polygons.map((rings) => `(${rings.map(positionsText).join(',')})`)
  return `MULTIPOLYGON(${parts.join(',')})`
}

function positionsText(positions: readonly Position[]): string {
  return `(${positions.map(([longitude, latitude]) => `${longitude} ${latitude}`).join(',')})`
}
