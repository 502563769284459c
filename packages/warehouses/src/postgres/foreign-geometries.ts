import type { FieldDef } from 'pg'
import { ForeignGeometry, type WireType } from './cell-values.ts'
import { decodeEwkb } from './ewkb-reader.ts'
import type { SendStatement } from './wire-query.ts'

const CONVERT = `SELECT encode(ST_AsEWKB(CASE WHEN ST_SRID(shape) IN (0, 4326) THEN shape ELSE ST_Transform(shape, 4326) END), 'hex')
FROM (SELECT ST_CurveToLine(given.ewkb::geometry) AS shape, given.place FROM unnest($1::text[]) WITH ORDINALITY AS given (ewkb, place) OFFSET 0) AS shapes
ORDER BY place`

/**
 * Lets the database bring geometries of other reference systems, and curves, to WGS84: in one more statement, and only
 * when a result holds some. What still has no GeoJSON form becomes null.
 */
export async function convertForeignGeometries(
  send: SendStatement,
  rows: readonly Record<string, unknown>[],
  fields: readonly FieldDef[],
  types: readonly WireType[],
): Promise<void> {
  const names = fields.filter((_, index) => holdsGeometry(types[index])).map((field) => field.name)
  const places: { holder: Record<string, unknown> | unknown[]; key: string | number; ewkb: string }[] = []
  for (const row of rows) {
    for (const name of names) collect(row, name, row[name], places)
  }
  if (places.length === 0) return
  const converted = await send(CONVERT, [places.map(({ ewkb }) => ewkb)])
  places.forEach(({ holder, key }, index) => {
    const ewkb = converted.rows[index]?.[0]
    const geometry = ewkb ? (decodeEwkb(ewkb)?.geometry ?? null) : null
    ;(holder as Record<string | number, unknown>)[key] = geometry
  })
}

function holdsGeometry(type: WireType | undefined): boolean {
  const name = type?.element?.name ?? type?.name
  return name === 'geometry' || name === 'geography'
}

function collect(
  holder: Record<string, unknown> | unknown[],
  key: string | number,
  value: unknown,
  places: { holder: Record<string, unknown> | unknown[]; key: string | number; ewkb: string }[],
): void {
  if (value instanceof ForeignGeometry) places.push({ holder, key, ewkb: value.ewkb })
  else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      collect(value, index, item, places)
    })
  }
}
