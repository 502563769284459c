const textEncoder = new TextEncoder()

/**
 * Protocol-buffer bytes in a growing array. Callers `reserve` once for a run of writes, so that the hot loops hold no
 * capacity checks; the array is kept between tiles.
 */
export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }

  /** One byte; room must have been reserved. */
  byte(value: number): void {
    this.bytes[this.length++] = value
  }

  /** An unsigned integer below 2^53, at most 8 bytes; room must have been reserved. */
  varint(value: number): void {
    const bytes = this.bytes
    let rest = value
    while (rest >= 0x80000000) {
      bytes[this.length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest >= 0x80) {
      bytes[this.length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[this.length++] = rest
  }

  /** A signed 32-bit integer in zigzag form, at most 5 bytes; room must have been reserved. */
  zigzag(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A length-delimited string field; reserves for itself. */
  textField(tag: number, text: string): void {
    const units = text.length
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.reserve(units * 3 + 7)
    const bytes = this.bytes
    const start = this.length
    bytes[this.length++] = tag
    this.varint(units)
    // ASCII, nearly all there is, needs no encoder and has as many bytes as units.
    for (let i = 0; i < units; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) {
        this.length = start
        this.unicodeField(tag, text)
        return
      }
      bytes[this.length++] = code
    }
  }

  private unicodeField(tag: number, text: string): void {
    const encoded = textEncoder.encode(text)
    this.byte(tag)
    this.varint(encoded.length)
    this.append(encoded, 0, encoded.length)
  }

  /** Puts a length in front of what was written since `at`; reserves for itself. */
  insertVarint(at: number, value: number): void {
    const size = varintSize(value)
    this.reserve(size)
    const end = this.length
    this.bytes.copyWithin(at + size, at, end)
    this.length = at
    this.varint(value)
    this.length = end + size
  }

  /** Bytes from another array; reserves for itself. */
  append(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    const bytes = this.bytes
    let at = this.length
    for (let i = start; i < end; i++) bytes[at++] = source[i] as number
    this.length = at
  }
}

/** How many bytes `ByteWriter.varint` writes for a value. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x200000) return 3
  if (value < 0x10000000) return 4
  let size = 5
  for (let rest = value / 0x800000000; rest >= 1; rest /= 128) size++
  return size
}
