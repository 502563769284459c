import { ByteWriter, varintSize } from './byte-writer.ts'
import type { DrawnFeatures } from './drawn-features.ts'
import type { AttributeColumn } from './tile-features.ts'
import { ValueTable } from './value-table.ts'

const TILE_LAYERS = 0x1a
const LAYER_VERSION = 0x78
const LAYER_NAME = 0x0a
const LAYER_FEATURES = 0x12
const LAYER_KEYS = 0x1a
const LAYER_EXTENT = 0x28
const FEATURE_ID = 0x08
const FEATURE_TAGS = 0x12
const FEATURE_TYPE = 0x18
const FEATURE_GEOMETRY = 0x22

const values = new ValueTable()
const keys = new ByteWriter(256)
const messages = new ByteWriter(1 << 16)
let tags = new Uint32Array(0)

/** A tile of one layer, and how many of its bytes each feature is the reason for. */
export interface WrittenLayer {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Parallel to `chosen`: the feature's message plus the attribute values that it was the first to use. */
  readonly costs: Float64Array
}

/** Writes the chosen features (indices into `drawn`, ascending) as a whole MVT tile. */
export function writeLayer(
  drawn: DrawnFeatures,
  chosen: Uint32Array,
  attributes: readonly AttributeColumn[],
  layerName: string,
  extent: number,
): WrittenLayer {
  const costs = new Float64Array(chosen.length)
  const columnCount = collectTags(drawn, chosen, attributes, costs)
  writeFeatures(drawn, chosen, columnCount, costs)
  return { bytes: joinTile(layerName, extent), costs }
}

/**
 * Looks every attribute value up, column by column. Leaves in `tags`, row by row, index + 1 of each value (0 for
 * NULL), and in `keys` the names of the columns; a name that comes twice is taken once.
 */
function collectTags(
  drawn: DrawnFeatures,
  chosen: Uint32Array,
  attributes: readonly AttributeColumn[],
  costs: Float64Array,
): number {
  values.clear()
  keys.length = 0
  const names = new Set<string>()
  const columns = attributes.filter(({ name }) => !names.has(name) && names.add(name))
  const width = columns.length
  if (tags.length < chosen.length * width) tags = new Uint32Array(chosen.length * width)
  for (let column = 0; column < width; column++) {
    const attribute = columns[column] as AttributeColumn
    keys.textField(LAYER_KEYS, attribute.name)
    switch (attribute.type) {
      case 'number':
        collectNumbers(attribute.values, drawn, chosen, column, width, costs)
        break
      case 'string':
        collectStrings(attribute.values, drawn, chosen, column, width, costs)
        break
      case 'boolean':
        collectBooleans(attribute.values, drawn, chosen, column, width)
        break
      default:
        throw new TypeError(`Unknown attribute type: ${JSON.stringify(attribute satisfies never)}`)
    }
  }
  return width
}

function collectNumbers(
  column: Float64Array,
  drawn: DrawnFeatures,
  chosen: Uint32Array,
  first: number,
  width: number,
  costs: Float64Array,
): void {
  const { sources } = drawn
  for (let row = 0, at = first; row < chosen.length; row++, at += width) {
    const value = column[sources[chosen[row] as number] as number] as number
    if (Number.isNaN(value)) {
      tags[at] = 0
      continue
    }
    const before = values.encoded.length
    tags[at] = values.indexOfNumber(value) + 1
    costs[row] = (costs[row] as number) + values.encoded.length - before
  }
}

function collectStrings(
  column: readonly (string | null)[],
  drawn: DrawnFeatures,
  chosen: Uint32Array,
  first: number,
  width: number,
  costs: Float64Array,
): void {
  const { sources } = drawn
  for (let row = 0, at = first; row < chosen.length; row++, at += width) {
    const value = column[sources[chosen[row] as number] as number]
    if (value === null || value === undefined) {
      tags[at] = 0
      continue
    }
    const before = values.encoded.length
    tags[at] = values.indexOfString(value) + 1
    costs[row] = (costs[row] as number) + values.encoded.length - before
  }
}

function collectBooleans(
  column: readonly (boolean | null)[],
  drawn: DrawnFeatures,
  chosen: Uint32Array,
  first: number,
  width: number,
): void {
  const { sources } = drawn
  for (let row = 0, at = first; row < chosen.length; row++, at += width) {
    const value = column[sources[chosen[row] as number] as number]
    tags[at] = value === null || value === undefined ? 0 : values.indexOfBoolean(value) + 1
  }
}

function writeFeatures(drawn: DrawnFeatures, chosen: Uint32Array, width: number, costs: Float64Array): void {
  const { ids, kinds, starts, geometry } = drawn
  messages.length = 0
  for (let row = 0; row < chosen.length; row++) {
    const feature = chosen[row] as number
    const before = messages.length
    const firstTag = row * width
    let tagsSize = 0
    for (let column = 0; column < width; column++) {
      const tag = tags[firstTag + column] as number
      if (tag !== 0) tagsSize += varintSize(column) + varintSize(tag - 1)
    }
    const id = ids[feature] as number
    const start = starts[feature] as number
    const end = starts[feature + 1] as number
    const tagsFieldSize = tagsSize === 0 ? 0 : 1 + varintSize(tagsSize) + tagsSize
    const size = 1 + varintSize(id) + tagsFieldSize + 2 + 1 + varintSize(end - start) + (end - start)
    messages.reserve(size + 6)
    messages.byte(LAYER_FEATURES)
    messages.varint(size)
    messages.byte(FEATURE_ID)
    messages.varint(id)
    if (tagsSize > 0) {
      messages.byte(FEATURE_TAGS)
      messages.varint(tagsSize)
      for (let column = 0; column < width; column++) {
        const tag = tags[firstTag + column] as number
        if (tag === 0) continue
        messages.varint(column)
        messages.varint(tag - 1)
      }
    }
    messages.byte(FEATURE_TYPE)
    messages.byte(kinds[feature] as number)
    messages.byte(FEATURE_GEOMETRY)
    messages.varint(end - start)
    messages.append(geometry.bytes, start, end)
    costs[row] = (costs[row] as number) + messages.length - before
  }
}

function joinTile(layerName: string, extent: number): Uint8Array<ArrayBuffer> {
  const head = new ByteWriter(64)
  head.byte(LAYER_VERSION)
  head.byte(2)
  head.textField(LAYER_NAME, layerName)
  const tail = new ByteWriter(8)
  tail.byte(LAYER_EXTENT)
  tail.varint(extent)
  const parts = [head, messages, keys, values.encoded, tail]
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new ByteWriter(1 + varintSize(size) + size)
  bytes.byte(TILE_LAYERS)
  bytes.varint(size)
  for (const part of parts) {
    bytes.bytes.set(part.bytes.subarray(0, part.length), bytes.length)
    bytes.length += part.length
  }
  return bytes.bytes
}
