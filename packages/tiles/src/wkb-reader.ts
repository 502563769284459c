import type { FlatGeometry, PathList } from './path-list.ts'

const EWKB_HAS_Z = 0x80000000
const EWKB_HAS_M = 0x40000000
const EWKB_HAS_SRID = 0x20000000

/** Curves need a tolerance to become lines, which only the sender can choose. */
const CURVES = new Set([8, 9, 10, 11, 12, 13, 14])

/** Reads WKB (ISO, and PostGIS's extended form) into flat arrays. Z, M and SRID are passed over. */
export class WkbReader {
  private readonly view: DataView
  private at = 0
  private end = 0

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /**
   * Adds the geometry in bytes start … end to `into`; a collection's members go to their kinds.
   * Throws RangeError for bytes that are no WKB, and for curves.
   */
  read(start: number, end: number, into: FlatGeometry): void {
    this.at = start
    this.end = end
    this.readGeometry(into)
  }

  private readGeometry(into: FlatGeometry): void {
    this.expect(5)
    const isLittleEndian = this.view.getUint8(this.at) === 1
    const code = this.view.getUint32(this.at + 1, isLittleEndian)
    this.at += 5
    if ((code & EWKB_HAS_SRID) !== 0) this.at += 4
    const isoCode = code & 0x0fffffff
    const isoDimensions = Math.floor(isoCode / 1000)
    const hasZ = (code & EWKB_HAS_Z) !== 0 || isoDimensions === 1 || isoDimensions === 3
    const hasM = (code & EWKB_HAS_M) !== 0 || isoDimensions >= 2
    const stride = 16 + (hasZ ? 8 : 0) + (hasM ? 8 : 0)
    const type = isoCode % 1000
    switch (type) {
      case 1:
        this.readVertices(1, stride, isLittleEndian, into.points)
        into.points.endPath(false)
        return
      case 2:
        this.readVertices(this.readCount(stride, isLittleEndian), stride, isLittleEndian, into.lines)
        into.lines.endPath(false)
        return
      case 3: // Polygon
      case 17: // Triangle
        this.readRings(stride, isLittleEndian, into.polygons)
        return
      case 4: // MultiPoint
      case 5: // MultiLineString
      case 6: // MultiPolygon
      case 7: // GeometryCollection
      case 15: // PolyhedralSurface
      case 16: {
        // TIN; every member of these six has a head of its own.
        const members = this.readCount(5, isLittleEndian)
        for (let i = 0; i < members; i++) this.readGeometry(into)
        return
      }
      default:
        if (CURVES.has(type)) throw new RangeError('Curved geometries cannot be drawn; send them as lines.')
        throw new RangeError(`WKB of unknown type ${code}.`)
    }
  }

  private readRings(stride: number, isLittleEndian: boolean, into: PathList): void {
    const rings = this.readCount(4, isLittleEndian)
    for (let ring = 0; ring < rings; ring++) {
      this.readVertices(this.readCount(stride, isLittleEndian), stride, isLittleEndian, into)
      into.endPath(ring === 0)
    }
  }

  private readVertices(count: number, stride: number, isLittleEndian: boolean, into: PathList): void {
    this.expect(count * stride)
    into.reserve(count)
    const { view } = this
    const { coordinates } = into
    let at = this.at
    let size = into.size
    for (let i = 0; i < count; i++) {
      coordinates[size++] = view.getFloat64(at, isLittleEndian)
      coordinates[size++] = view.getFloat64(at + 8, isLittleEndian)
      at += stride
    }
    into.size = size
    this.at = at
  }

  /** A number of things that take at least `leastBytes` each, so that a broken count cannot claim memory. */
  private readCount(leastBytes: number, isLittleEndian: boolean): number {
    this.expect(4)
    const count = this.view.getUint32(this.at, isLittleEndian)
    this.at += 4
    this.expect(count * leastBytes)
    return count
  }

  private expect(bytes: number): void {
    if (this.at + bytes > this.end) throw new RangeError('WKB ends before its geometry does.')
  }
}
