/** A geometry as GeoJSON spells it. */
export type GeoJsonGeometry =
  | { readonly type: string; readonly coordinates: unknown }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly GeoJsonGeometry[] }

export interface DecodedGeometry {
  readonly geometry: GeoJsonGeometry
  /** 0 when the value states none. */
  readonly srid: number
}

const TYPES = ['', 'Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'] as const
const COLLECTION = 7
const Z_FLAG = 0x80000000
const M_FLAG = 0x40000000
const SRID_FLAG = 0x20000000

/**
 * Decodes hexadecimal EWKB. Z is kept, M is left out. Undefined for kinds that GeoJSON does not have (curves,
 * surfaces, TINs); throws for bytes that are no EWKB.
 */
export function decodeEwkb(hexadecimal: string): DecodedGeometry | undefined {
  const reader = new EwkbReader(Buffer.from(hexadecimal, 'hex'))
  const geometry = reader.readGeometry()
  return geometry && { geometry, srid: reader.srid }
}

class EwkbReader {
  srid = 0
  readonly #bytes: Buffer
  #at = 0
  #isLittleEndian = true

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  readGeometry(): GeoJsonGeometry | undefined {
    this.#isLittleEndian = this.#bytes.readUInt8(this.#at++) === 1
    const header = this.#uint()
    if (header & SRID_FLAG) this.srid = this.#uint()
    const kind = header & 0x0fffffff
    const hasZ = (header & Z_FLAG) !== 0
    const hasM = (header & M_FLAG) !== 0
    const position = (): number[] => this.#position(hasZ, hasM)
    if (kind === COLLECTION) return this.#readCollection()
    const type = TYPES[kind]
    if (!type) return undefined
    switch (type) {
      case 'Point': {
        const coordinates = position()
        return { type, coordinates: Number.isNaN(coordinates[0]) ? [] : coordinates }
      }
      case 'LineString':
        return { type, coordinates: this.#list(position) }
      case 'Polygon':
        return { type, coordinates: this.#list(() => this.#list(position)) }
      default: {
        const parts = this.#list(() => this.readGeometry())
        return { type, coordinates: parts.map((part) => (part && 'coordinates' in part ? part.coordinates : [])) }
      }
    }
  }

  #readCollection(): GeoJsonGeometry | undefined {
    const parts = this.#list(() => this.readGeometry())
    const geometries = parts.filter((part) => part !== undefined)
    return geometries.length === parts.length ? { type: 'GeometryCollection', geometries } : undefined
  }

  #list<Item>(read: () => Item): Item[] {
    const count = this.#uint()
    const items: Item[] = []
    for (let i = 0; i < count; i++) items.push(read())
    return items
  }

  #position(hasZ: boolean, hasM: boolean): number[] {
    const position = [this.#double(), this.#double()]
    if (hasZ) position.push(this.#double())
    if (hasM) this.#at += 8
    return position
  }

  #uint(): number {
    const at = this.#at
    this.#at += 4
    return this.#isLittleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at)
  }

  #double(): number {
    const at = this.#at
    this.#at += 8
    return this.#isLittleEndian ? this.#bytes.readDoubleLE(at) : this.#bytes.readDoubleBE(at)
  }
}
