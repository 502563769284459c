import type { AttributeColumn, GeometryColumn, TileFeatures } from '@graticule/tiles'
import type { TileLayout } from '../provider.ts'
import { parseArrayText } from './array-text.ts'
import { geometryOffsets } from './geometry-offsets.ts'
import { type AttributeCell, type CellEncoding, fromTileLayout } from './tile-layout.ts'

const EPOCH_2000_MILLISECONDS = 946_684_800_000
const POINT_WKB_BYTES = 21
const HIGH_WORD = 4_294_967_296

/** Reads the row of a tile statement into columns. Throws when the row does not fit the layout. */
export function decodeTile(tileLayout: TileLayout, row: readonly (string | null)[]): TileFeatures {
  const layout = fromTileLayout(tileLayout)
  let next = 0
  const cell = (): string => row[next++] ?? ''
  const count = Number(cell())
  const geometry: GeometryColumn =
    layout.geometry === 'xy'
      ? { kind: 'points', longitudes: readFloats(cell(), count), latitudes: readFloats(cell(), count) }
      : readGeometries(layout.geometry, readBytes(cell()), count)
  const ids = layout.hasIds ? readIds(cell(), count) : undefined
  const attributes = layout.attributes.map((attribute) => readAttribute(attribute, count, cell))
  return {
    count,
    geometry,
    ...(ids ? { ids } : {}),
    attributes,
    dropped: layout.isReduced || count > layout.maxFeatures,
  }
}

function readGeometries(kind: 'wkb' | 'twkb', bytes: Buffer, count: number): GeometryColumn {
  if (kind === 'wkb' && bytes.length === count * POINT_WKB_BYTES) {
    const points = readPoints(bytes, count)
    if (points) return points
  }
  return { kind, bytes, offsets: geometryOffsets(kind, bytes, count) }
}

/** Plain points, the usual case, become two columns; undefined when there is anything else among them. */
function readPoints(bytes: Buffer, count: number): GeometryColumn | undefined {
  const longitudes = new Float64Array(count)
  const latitudes = new Float64Array(count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0, at = 0; i < count; i++, at += POINT_WKB_BYTES) {
    const isLittleEndian = view.getUint8(at) === 1
    if (view.getUint32(at + 1, isLittleEndian) !== 1) return undefined
    longitudes[i] = view.getFloat64(at + 5, isLittleEndian)
    latitudes[i] = view.getFloat64(at + 13, isLittleEndian)
  }
  return { kind: 'points', longitudes, latitudes }
}

/** 0 where the key cannot be a feature id; the encoder derives one there. */
function readIds(text: string, count: number): Float64Array {
  const ids = readFloats(text, count)
  for (let i = 0; i < count; i++) {
    const id = ids[i] as number
    if (!(id >= 1 && id < Number.MAX_SAFE_INTEGER)) ids[i] = 0
  }
  return ids
}

function readAttribute({ name, encoding }: AttributeCell, count: number, cell: () => string): AttributeColumn {
  if (encoding === null) return { name, type: 'number', values: new Float64Array(count).fill(1) }
  return readEncoded(name, encoding, count, cell())
}

function readEncoded(name: string, encoding: CellEncoding, count: number, text: string): AttributeColumn {
  switch (encoding) {
    case 'float64':
      return { name, type: 'number', values: readFloats(text, count) }
    case 'int64':
      return readIntegers(name, text, count)
    case 'microseconds':
      return { name, type: 'number', values: readInstants(text, count) }
    case 'flags':
      return { name, type: 'boolean', values: Array.from(text, (flag) => (flag === 'n' ? null : flag === 't')) }
    case 'texts':
      return { name, type: 'string', values: count === 0 ? [] : parseArrayText(text, count) }
  }
}

function readBytes(hexadecimal: string): Buffer {
  // Never from the shared pool: the typed arrays over it must start on an eight-byte boundary.
  const bytes = Buffer.alloc(hexadecimal.length / 2)
  bytes.write(hexadecimal, 'hex')
  return bytes
}

function readFloats(text: string, count: number): Float64Array {
  const bytes = readBytes(text)
  if (bytes.length !== count * 8) throw new Error(`The warehouse sent ${bytes.length / 8} values for ${count} rows.`)
  bytes.swap64()
  return new Float64Array(bytes.buffer, bytes.byteOffset, count)
}

/** Milliseconds since 1970, whole; NaN for NULL and the infinities. */
function readInstants(text: string, count: number): Float64Array {
  const bytes = readBytes(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const high = view.getInt32(i * 8)
    const low = view.getUint32(i * 8 + 4)
    const isInfinite = (high === -0x80000000 && low === 0) || (high === 0x7fffffff && low === 0xffffffff)
    values[i] = isInfinite ? Number.NaN : Math.floor((high * HIGH_WORD + low) / 1000) + EPOCH_2000_MILLISECONDS
  }
  return values
}

/** Numbers when all fit into 2^53, else texts: a rounded number would name another row. */
function readIntegers(name: string, text: string, count: number): AttributeColumn {
  const bytes = readBytes(text)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const high = view.getInt32(i * 8)
    const low = view.getUint32(i * 8 + 4)
    const isNull = high === -0x80000000 && low === 0
    const value = high * HIGH_WORD + low
    if (!isNull && !Number.isSafeInteger(value)) return { name, type: 'string', values: integerTexts(view, count) }
    values[i] = isNull ? Number.NaN : value
  }
  return { name, type: 'number', values }
}

function integerTexts(view: DataView, count: number): (string | null)[] {
  return Array.from({ length: count }, (_, i) => {
    const value = view.getBigInt64(i * 8)
    return value === -(2n ** 63n) ? null : value.toString()
  })
}
