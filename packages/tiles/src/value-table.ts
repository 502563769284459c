import { ByteWriter } from './byte-writer.ts'

const VALUE_FIELD = 0x22
const STRING_VALUE = 0x0a
const DOUBLE_VALUE = 0x19
const UNSIGNED_VALUE = 0x28
const SIGNED_VALUE = 0x30
const BOOLEAN_VALUE = 0x38

const INITIAL_SLOTS = 1024

const doubleValue = new Float64Array(1)
const doubleWords = new Uint32Array(doubleValue.buffer)
const doubleBytes = new Uint8Array(doubleValue.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * The distinct attribute values of a layer, already encoded. Every `indexOf…` answers the value's place in the
 * layer, adding it on first sight.
 */
export class ValueTable {
  readonly encoded = new ByteWriter(1 << 14)
  count = 0
  private readonly strings = new Map<string, number>()
  private readonly booleans: [number, number] = [-1, -1]
  // Numbers have a hash table of their own: a Map would box each of them. A slot holds index + 1; 0 is empty.
  private slots = new Uint32Array(INITIAL_SLOTS)
  private keys = new Float64Array(INITIAL_SLOTS)
  private numberCount = 0

  clear(): void {
    this.encoded.length = 0
    this.count = 0
    this.strings.clear()
    this.booleans[0] = -1
    this.booleans[1] = -1
    this.slots.fill(0)
    this.numberCount = 0
  }

  indexOfString(value: string): number {
    const known = this.strings.get(value)
    if (known !== undefined) return known
    this.strings.set(value, this.count)
    const encoded = this.encoded
    encoded.reserve(8)
    encoded.byte(VALUE_FIELD)
    const bodyAt = encoded.length
    encoded.textField(STRING_VALUE, value)
    encoded.insertVarint(bodyAt, encoded.length - bodyAt)
    return this.count++
  }

  indexOfBoolean(value: boolean): number {
    const which = value ? 1 : 0
    if (this.booleans[which] === -1) {
      this.encoded.reserve(4)
      this.encoded.byte(VALUE_FIELD)
      this.encoded.byte(2)
      this.encoded.byte(BOOLEAN_VALUE)
      this.encoded.byte(which)
      this.booleans[which] = this.count++
    }
    return this.booleans[which]
  }

  /** Integers that JavaScript holds exactly become (un)signed integers, everything else a double. */
  indexOfNumber(value: number): number {
    const mask = this.slots.length - 1
    // Adding 0 makes -0 the same value as 0.
    doubleValue[0] = value + 0
    let slot = hashWords(doubleWords[0] as number, doubleWords[1] as number) & mask
    for (;;) {
      const known = this.slots[slot] as number
      if (known === 0) break
      if (this.keys[slot] === value) return known - 1
      slot = (slot + 1) & mask
    }
    this.slots[slot] = this.count + 1
    this.keys[slot] = value
    this.writeNumber(value)
    this.numberCount++
    if (this.numberCount * 2 > this.slots.length) this.growSlots()
    return this.count++
  }

  private writeNumber(value: number): void {
    const encoded = this.encoded
    encoded.reserve(12)
    encoded.byte(VALUE_FIELD)
    if (Number.isSafeInteger(value)) {
      const sizeAt = encoded.length
      encoded.byte(0)
      encoded.byte(value >= 0 ? UNSIGNED_VALUE : SIGNED_VALUE)
      // Zigzag of a safe negative integer can reach 2^54: beyond the writer's doubles, so such numbers stay doubles.
      if (value >= 0) encoded.varint(value)
      else if (value >= -(2 ** 52)) encoded.varint(-2 * value - 1)
      else {
        encoded.length = sizeAt
        this.writeDouble()
        return
      }
      encoded.bytes[sizeAt] = encoded.length - sizeAt - 1
      return
    }
    this.writeDouble()
  }

  private writeDouble(): void {
    const encoded = this.encoded
    encoded.byte(9)
    encoded.byte(DOUBLE_VALUE)
    for (let i = 0; i < 8; i++) encoded.byte(doubleBytes[isLittleEndian ? i : 7 - i] as number)
  }

  private growSlots(): void {
    const { slots, keys } = this
    const size = slots.length * 2
    this.slots = new Uint32Array(size)
    this.keys = new Float64Array(size)
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === 0) continue
      doubleValue[0] = keys[i] as number
      let slot = hashWords(doubleWords[0] as number, doubleWords[1] as number) & (size - 1)
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1)
      this.slots[slot] = slots[i] as number
      this.keys[slot] = keys[i] as number
    }
  }
}

function hashWords(first: number, second: number): number {
  const mixed = Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
