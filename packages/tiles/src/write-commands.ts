import type { ByteWriter } from './byte-writer.ts'
import type { PathList } from './path-list.ts'

const MOVE_TO = 1
const LINE_TO = 2
const CLOSE_PATH = 15

/** A command and its parameters take at most this many bytes each. */
const BYTES_PER_NUMBER = 5

/** Writes paths as MVT geometry: each a MoveTo and a LineTo, rings (without closing vertex) a ClosePath as well. */
export function writePathCommands(paths: PathList, areRings: boolean, into: ByteWriter): void {
  into.reserve((paths.size + 3 * paths.count) * BYTES_PER_NUMBER)
  const { coordinates, ends } = paths
  let x = 0
  let y = 0
  let at = 0
  for (let path = 0; path < paths.count; path++) {
    const end = ends[path] as number
    into.byte((1 << 3) | MOVE_TO)
    const lineCount = (end - at) / 2 - 1
    for (let vertex = 0; at < end; at += 2, vertex++) {
      if (vertex === 1) into.varint((lineCount << 3) | LINE_TO)
      const nextX = coordinates[at] as number
      const nextY = coordinates[at + 1] as number
      into.zigzag(nextX - x)
      into.zigzag(nextY - y)
      x = nextX
      y = nextY
    }
    if (areRings) into.byte(CLOSE_PATH)
  }
}

/** Writes points as MVT geometry: one MoveTo for all. */
export function writePointCommands(points: PathList, into: ByteWriter): void {
  into.reserve((points.size + 1) * BYTES_PER_NUMBER)
  const { coordinates, size } = points
  into.varint(((size / 2) << 3) | MOVE_TO)
  let x = 0
  let y = 0
  for (let at = 0; at < size; at += 2) {
    const nextX = coordinates[at] as number
    const nextY = coordinates[at + 1] as number
    into.zigzag(nextX - x)
    into.zigzag(nextY - y)
    x = nextX
    y = nextY
  }
}
