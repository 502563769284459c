const bits = new DataView(new ArrayBuffer(8))

/** Mixes 32 bits into a running 32-bit hash (the body of MurmurHash3). */
function mix(hash: number, word: number): number {
  let value = Math.imul(word, 0xcc9e2d51)
  value = Math.imul((value << 15) | (value >>> 17), 0x1b873593)
  const mixed = hash ^ value
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

/** Spreads every bit of a 32-bit hash over all of it (the end of MurmurHash3). */
function finish(hash: number): number {
  let value = hash ^ (hash >>> 16)
  value = Math.imul(value, 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** Two 32-bit hashes → an integer in [1, 2^53). */
function joinToId(high: number, low: number): number {
  const id = (finish(high) & 0x1fffff) * 0x100000000 + finish(low ^ high)
  return id === 0 ? 1 : id
}

/** An id in [1, 2^53) from a point; the same point has the same id in every tile. */
export function idFromPoint(longitude: number, latitude: number): number {
  // Adding 0 makes -0 the same point as 0.
  bits.setFloat64(0, longitude + 0)
  let high = mix(0x2f0b4a17, bits.getUint32(0))
  let low = mix(0x51ed270b, bits.getUint32(4))
  bits.setFloat64(0, latitude + 0)
  high = mix(high, bits.getUint32(4))
  low = mix(low, bits.getUint32(0))
  return joinToId(mix(high, low), low)
}

/** An id in [1, 2^53) from the bytes start … end of an encoded geometry. */
export function idFromBytes(bytes: Uint8Array, start: number, end: number): number {
  let high = 0x2f0b4a17 ^ (end - start)
  let low = 0x51ed270b
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    low = mix(low, word)
    high = Math.imul(high ^ low, 0x9e3779b1) + (high >>> 15)
  }
  for (; at < end; at++) low = mix(low, bytes[at] as number)
  return joinToId(mix(high, low), low)
}

/** The next candidate after an id that another feature with the same geometry already has. */
export function nextId(id: number): number {
  return joinToId(mix(id >>> 0, Math.floor(id / 0x100000000)), id | 0)
}

/** An id → 32 evenly spread bits: which point goes first when a tile is too full, and where a hash table looks. */
export function hashOfId(id: number): number {
  return finish(mix(id | 0, Math.floor(id / 0x100000000)))
}
