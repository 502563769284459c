const TWKB_HAS_BOX = 0x01
const TWKB_HAS_SIZE = 0x02
const TWKB_HAS_EXTENDED_PRECISION = 0x08

/** Where each geometry of a concatenation begins, and where the last one ends. Throws when the bytes do not add up. */
export function geometryOffsets(kind: 'wkb' | 'twkb', bytes: Buffer, count: number): Uint32Array {
  const offsets = new Uint32Array(count + 1)
  const skip = kind === 'wkb' ? skipWkb : skipTwkb
  let at = 0
  for (let i = 0; i < count; i++) {
    offsets[i] = at
    at = skip(bytes, at)
  }
  offsets[count] = at
  if (at !== bytes.length) throw new Error(`The warehouse sent ${bytes.length} bytes of geometry; ${at} were expected.`)
  return offsets
}

/** A TWKB value that was asked for with its size: header, sizes, then that many bytes. */
function skipTwkb(bytes: Buffer, start: number): number {
  const flags = bytes[start + 1] ?? 0
  if ((flags & TWKB_HAS_SIZE) === 0 || (flags & TWKB_HAS_BOX) !== 0) throw new Error('The TWKB carries no size.')
  let at = start + 2 + ((flags & TWKB_HAS_EXTENDED_PRECISION) === 0 ? 0 : 1)
  let size = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined) throw new Error('The TWKB ends too early.')
    size += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return at + size
  }
}

const EWKB_HAS_Z = 0x80000000
const EWKB_HAS_M = 0x40000000

/** A WKB value without a reference system, walked through by its counts; Z and M are told by flags or by thousands. */
function skipWkb(bytes: Buffer, start: number): number {
  const isLittleEndian = bytes[start] === 1
  const uint = (at: number): number => (isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const header = uint(start + 1)
  const code = header & 0x0fffffff
  const thousands = Math.floor(code / 1000)
  const hasZ = (header & EWKB_HAS_Z) !== 0 || thousands === 1 || thousands === 3
  const hasM = (header & EWKB_HAS_M) !== 0 || thousands === 2 || thousands === 3
  const positionBytes = 16 + (hasZ ? 8 : 0) + (hasM ? 8 : 0)
  const type = code % 1000
  let at = start + 5
  if (type === 1) return at + positionBytes
  const count = uint(at)
  at += 4
  if (type === 2) return at + positionBytes * count
  if (type === 3) {
    for (let ring = 0; ring < count; ring++) at += 4 + positionBytes * uint(at)
    return at
  }
  if (type >= 4 && type <= 7) {
    for (let part = 0; part < count; part++) at = skipWkb(bytes, at)
    return at
  }
  throw new Error(`Geometry type ${type} cannot be drawn.`)
}
