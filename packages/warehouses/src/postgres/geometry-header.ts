import { GEOMETRY_TYPES, type GeometryType } from '@graticule/contract'

/** The kind of a geometry, or null for kinds that a map layer cannot be made of. */
export interface GeometryHeader {
  readonly geometryType: GeometryType | null
  /** 0 when none is stated. */
  readonly srid: number
}

const KINDS: readonly (GeometryType | null)[] = [
  null,
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
]
const SRID_FLAG = 0x20000000
const KNOWN_KINDS = 17

/** Reads the first nine bytes of hexadecimal WKB or EWKB; undefined when the text is none. */
export function headerOfWkb(hexadecimal: string): GeometryHeader | undefined {
  if (!/^0[01][0-9a-f]{8}/i.test(hexadecimal)) return undefined
  const bytes = Buffer.from(hexadecimal.slice(0, 18), 'hex')
  const isLittleEndian = bytes[0] === 1
  const uint = (at: number): number => (isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const type = uint(1)
  // ISO WKB counts its Z and M kinds in thousands, EWKB sets bits.
  const kind = (type & 0x0fffffff) % 1000
  if (kind < 1 || kind > KNOWN_KINDS || (type & 0x0fffffff) >= 4000) return undefined
  const hasSrid = (type & SRID_FLAG) !== 0 && bytes.length >= 9
  return { geometryType: KINDS[kind] ?? null, srid: hasSrid ? uint(5) : 0 }
}

const WKT =
  /^\s*(?:SRID=(\d{1,6});)?\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)/i

/** Reads the beginning of WKT or EWKT; undefined when the text is none. */
export function headerOfWkt(text: string): GeometryHeader | undefined {
  const found = WKT.exec(text)
  if (!found) return undefined
  return { geometryType: geometryTypeNamed(found[2] ?? ''), srid: Number(found[1] ?? 0) }
}

/** Reads the beginning of a GeoJSON geometry; undefined when the text is none. */
export function headerOfGeoJson(text: string): GeometryHeader | undefined {
  if (!/^\s*\{/.test(text) || !/"(?:coordinates|geometries)"\s*:/.test(text)) return undefined
  const type = /"type"\s*:\s*"(\w+)"/.exec(text)?.[1]
  if (type === undefined || (geometryTypeNamed(type) === null && type !== 'GeometryCollection')) return undefined
  return { geometryType: geometryTypeNamed(type), srid: 4326 }
}

/** Reads the type modifier of a `geometry(…)` or `geography(…)` column; undefined when it constrains nothing. */
export function headerOfTypeModifier(modifier: number): GeometryHeader | undefined {
  if (modifier < 0) return undefined
  const srid = ((modifier & 0x0fffff00) - (modifier & 0x10000000)) >> 8
  return { geometryType: KINDS[(modifier & 0xfc) >> 2] ?? null, srid }
}

/** The one kind of all of them; a kind and its multi-kind are the multi-kind; anything else is null. */
export function commonGeometryType(types: readonly (GeometryType | null)[]): GeometryType | null {
  const [first, ...more] = new Set(types)
  if (first === undefined || first === null) return null
  if (more.length === 0) return first
  const [second, third] = more
  if (third !== undefined || second === undefined || second === null) return null
  if (second === `Multi${first}`) return second
  return first === `Multi${second}` ? first : null
}

function geometryTypeNamed(name: string): GeometryType | null {
  return GEOMETRY_TYPES.find((type) => type.toLowerCase() === name.toLowerCase()) ?? null
}
