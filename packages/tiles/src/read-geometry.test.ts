import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlatGeometry, type PathList } from './path-list.ts'
import { TwkbReader } from './twkb-reader.ts'
import { WkbReader } from './wkb-reader.ts'

/** The paths of one kind as nested arrays; an exterior is marked with its own word. */
function pathsOf(list: PathList): unknown[] {
  return Array.from({ length: list.count }, (_, path) => {
    const numbers = [...list.coordinates.slice(list.startOf(path), list.ends[path])]
    const vertices = numbers.flatMap((x, i) => (i % 2 === 0 ? [[x, numbers[i + 1]]] : []))
    return list.exteriors[path] === 1 ? ['exterior', ...vertices] : vertices
  })
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function readWkb(bytes: Uint8Array, start = 0, end = bytes.length): FlatGeometry {
  const flat = new FlatGeometry()
  new WkbReader(bytes).read(start, end, flat)
  return flat
}

function readTwkb(hex: string): FlatGeometry {
  const flat = new FlatGeometry()
  const bytes = fromHex(hex)
  new TwkbReader(bytes).read(0, bytes.length, flat)
  return flat
}

const double = (value: number, isLittleEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value, isLittleEndian)
  return Buffer.from(view.buffer).toString('hex')
}

describe('reading WKB', () => {
  it('either byte order, and Z, M and SRID in both dialects, give the same point', () => {
    const ordinates = (isLittleEndian: boolean, ...values: number[]) =>
      values.map((value) => double(value, isLittleEndian)).join('')
    for (const hex of [
      `0101000000${ordinates(true, 1.5, -2)}`,
      `0000000001${ordinates(false, 1.5, -2)}`,
      `01e9030000${ordinates(true, 1.5, -2, 7)}`, // ISO Z
      `00000007d1${ordinates(false, 1.5, -2, 7)}`, // ISO M
      `01b90b0000${ordinates(true, 1.5, -2, 7, 8)}`, // ISO ZM
      `0101000080${ordinates(true, 1.5, -2, 7)}`, // EWKB Z
      `0101000040${ordinates(true, 1.5, -2, 7)}`, // EWKB M
      `01010000e0e6100000${ordinates(true, 1.5, -2, 7, 8)}`, // EWKB ZM with SRID 4326
    ]) {
      expect(pathsOf(readWkb(fromHex(hex)).points)).toEqual([[[1.5, -2]]])
    }
  })

  it('reads from the middle of other bytes, wherever those begin in memory', () => {
    const hex = `ff0101000000${double(3, true)}${double(4, true)}ff`
    const bytes = fromHex(`00${hex}`).subarray(1)
    expect(pathsOf(readWkb(bytes, 1, 22).points)).toEqual([[[3, 4]]])
  })

  it('curves are refused with what to do, unknown types and broken bytes as such', () => {
    expect(() => readWkb(fromHex('010800000000000000'))).toThrow(/Curved geometries .* send them as lines/)
    expect(() => readWkb(fromHex('016300000000000000'))).toThrow(/unknown type 99/)
    // A line that claims four thousand million vertices.
    expect(() => readWkb(fromHex('0102000000ffffffff'))).toThrow(/ends before/)
  })

  it('a value cut short anywhere is an error, even with more bytes behind it', () => {
    const point = `0101000000${double(1, true)}${double(2, true)}`
    const whole = fromHex(`010700000002000000${point}010200000002000000${point.slice(10)}${point.slice(10)}`)
    expect(pathsOf(readWkb(whole).lines)).toEqual([
      [
        [1, 2],
        [1, 2],
      ],
    ])
    for (let end = 0; end < whole.length; end++) expect(() => readWkb(whole, 0, end)).toThrow(RangeError)
  })

  it('whatever the bytes are, the answer is a geometry or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('wkb', 'twkb'), (bytes, kind) => {
        const flat = new FlatGeometry()
        const reader = kind === 'wkb' ? new WkbReader(bytes) : new TwkbReader(bytes)
        try {
          reader.read(0, bytes.length, flat)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
        expect(flat.points.size + flat.lines.size + flat.polygons.size).toBeLessThanOrEqual(60)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('reading TWKB', () => {
  it('the examples of the specification, by hand: differences, zigzag, precision', () => {
    // Point (1 2); line (1 1, 5 5); the point (1.23 -4.56) with two decimals.
    expect(pathsOf(readTwkb('01000204').points)).toEqual([[[1, 2]]])
    expect(pathsOf(readTwkb('02000202020808').lines)).toEqual([
      [
        [1, 1],
        [5, 5],
      ],
    ])
    expect(pathsOf(readTwkb('4100f6018f07').points)).toEqual([[[1.23, -4.56]]])
    // Precision -1: tens.
    expect(pathsOf(readTwkb('11000204').points)).toEqual([[[10, 20]]])
  })

  it('seven decimals of the largest degrees, beyond 32 bits of zigzag', () => {
    const zigzag = (value: bigint) => (value >= 0n ? value * 2n : -value * 2n - 1n)
    const varint = (value: bigint): string => {
      const low = Number(value % 128n)
      return value < 128n ? byte(low) : byte(low + 128) + varint(value / 128n)
    }
    const byte = (value: number) => value.toString(16).padStart(2, '0')
    for (const [x, y] of [
      [1800000000n, -899999999n],
      [-5400000000n, 850511287n],
    ] as const) {
      const hex = `e100${varint(zigzag(x))}${varint(zigzag(y))}`
      expect(pathsOf(readTwkb(hex).points)).toEqual([[[Number(x) / 1e7, Number(y) / 1e7]]])
    }
  })

  it('a value cut short is an error', () => {
    for (const hex of ['', '01', '0100', '010002', '02000202', '0200ff', '0200ffffffff0f']) {
      expect(() => readTwkb(hex)).toThrow(RangeError)
    }
    expect(() => readTwkb('0f000000')).toThrow(/unknown type 15/)
  })
})
