import type { FlatGeometry, PathList } from './path-list.ts'

const HAS_BOX = 1
const HAS_SIZE = 2
const HAS_IDS = 4
const HAS_MORE_DIMENSIONS = 8
const IS_EMPTY = 16

/** Reads TWKB ("tiny WKB", as ST_AsTWKB writes it) into flat arrays. Z, M, boxes and ids are passed over. */
export class TwkbReader {
  private readonly bytes: Uint8Array
  private at = 0
  private end = 0
  private scale = 1
  private extraDimensions = 0
  // Positions are differences to the one before, across all rings and members of one geometry.
  private x = 0
  private y = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /**
   * Adds the geometry in bytes start … end to `into`; a collection's members go to their kinds.
   * Throws RangeError for bytes that are no TWKB.
   */
  read(start: number, end: number, into: FlatGeometry): void {
    this.at = start
    this.end = end
    this.readGeometry(into)
  }

  private readGeometry(into: FlatGeometry): void {
    if (this.at + 2 > this.end) throw truncated()
    const head = this.bytes[this.at++] as number
    const flags = this.bytes[this.at++] as number
    const precision = head >> 4
    this.scale = 10 ** ((precision >> 1) ^ -(precision & 1))
    const dimensions = (flags & HAS_MORE_DIMENSIONS) === 0 ? 0 : (this.bytes[this.at++] as number)
    this.extraDimensions = (dimensions & 1) + ((dimensions >> 1) & 1)
    this.x = 0
    this.y = 0
    if ((flags & HAS_SIZE) !== 0) this.readUnsigned()
    if ((flags & IS_EMPTY) !== 0) return
    if ((flags & HAS_BOX) !== 0) this.skip(2 * (2 + this.extraDimensions))
    const type = head & 15
    switch (type) {
      case 1:
        this.readVertices(1, into.points)
        into.points.endPath(false)
        return
      case 2:
        this.readVertices(this.readCount(2), into.lines)
        into.lines.endPath(false)
        return
      case 3:
        this.readRings(into.polygons)
        return
      case 4:
        this.readVertices(this.readMembers(flags, 2), into.points)
        into.points.endPath(false)
        return
      case 5: {
        const members = this.readMembers(flags, 1)
        for (let i = 0; i < members; i++) {
          this.readVertices(this.readCount(2), into.lines)
          into.lines.endPath(false)
        }
        return
      }
      case 6: {
        const members = this.readMembers(flags, 1)
        for (let i = 0; i < members; i++) this.readRings(into.polygons)
        return
      }
      case 7: {
        const members = this.readMembers(flags, 2)
        for (let i = 0; i < members; i++) this.readGeometry(into)
        return
      }
      default:
        throw new RangeError(`TWKB of unknown type ${type}.`)
    }
  }

  private readRings(into: PathList): void {
    const rings = this.readCount(1)
    for (let ring = 0; ring < rings; ring++) {
      this.readVertices(this.readCount(2), into)
      into.endPath(ring === 0)
    }
  }

  private readVertices(count: number, into: PathList): void {
    into.reserve(count)
    const { coordinates } = into
    const { scale, extraDimensions } = this
    let size = into.size
    for (let i = 0; i < count; i++) {
      this.x += this.readSigned()
      this.y += this.readSigned()
      // Dividing by a power of ten rounds right; multiplying by its inverse would not.
      coordinates[size++] = this.x / scale
      coordinates[size++] = this.y / scale
      if (extraDimensions > 0) this.skip(extraDimensions)
    }
    into.size = size
  }

  private readMembers(flags: number, leastBytes: number): number {
    const count = this.readCount(leastBytes)
    if ((flags & HAS_IDS) !== 0) this.skip(count)
    return count
  }

  /** A number of things that take at least `leastBytes` each, so that a broken count cannot claim memory. */
  private readCount(leastBytes: number): number {
    const count = this.readUnsigned()
    if (this.at + count * leastBytes > this.end) throw truncated()
    return count
  }

  private skip(count: number): void {
    for (let i = 0; i < count; i++) this.readUnsigned()
  }

  private readUnsigned(): number {
    const { bytes } = this
    let byte = bytes[this.at++] as number
    if (byte < 0x80) return this.ended(byte)
    let value = byte & 0x7f
    byte = bytes[this.at++] as number
    value |= (byte & 0x7f) << 7
    if (byte < 0x80) return this.ended(value)
    byte = bytes[this.at++] as number
    value |= (byte & 0x7f) << 14
    if (byte < 0x80) return this.ended(value)
    byte = bytes[this.at++] as number
    value |= (byte & 0x7f) << 21
    if (byte < 0x80) return this.ended(value)
    // Beyond 28 bits, bitwise arithmetic would overflow.
    let factor = 0x10000000
    do {
      byte = bytes[this.at++] as number
      value += (byte & 0x7f) * factor
      factor *= 128
    } while (byte >= 0x80)
    return this.ended(value)
  }

  private readSigned(): number {
    const value = this.readUnsigned()
    if (value < 0x80000000) return (value >>> 1) ^ -(value & 1)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  private ended(value: number): number {
    if (this.at > this.end) throw truncated()
    return value
  }
}

function truncated(): RangeError {
  return new RangeError('TWKB ends before its geometry does.')
}
