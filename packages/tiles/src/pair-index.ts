const INITIAL_SLOTS = 256

/** Numbers pairs of 32-bit integers in the order they are first seen: a hash table without an object per pair. */
export class PairIndex {
  count = 0
  /** The first of pair i. */
  firsts = new Int32Array(INITIAL_SLOTS / 2)
  /** The second of pair i. */
  seconds = new Int32Array(INITIAL_SLOTS / 2)
  /** Index + 1; 0 is empty. */
  private slots = new Int32Array(INITIAL_SLOTS)

  clear(): void {
    this.count = 0
    this.slots.fill(0)
  }

  /** The number of a pair, a new one if it was not seen before. */
  indexOf(first: number, second: number): number {
    const mask = this.slots.length - 1
    let slot = hashPair(first, second) & mask
    for (;;) {
      const known = (this.slots[slot] as number) - 1
      if (known < 0) break
      if (this.firsts[known] === first && this.seconds[known] === second) return known
      slot = (slot + 1) & mask
    }
    const index = this.count++
    this.firsts[index] = first
    this.seconds[index] = second
    this.slots[slot] = index + 1
    if (this.count === this.firsts.length) this.grow()
    return index
  }

  private grow(): void {
    const size = this.slots.length * 2
    this.firsts = enlarge(this.firsts, size / 2)
    this.seconds = enlarge(this.seconds, size / 2)
    this.slots = new Int32Array(size)
    for (let i = 0; i < this.count; i++) {
      let slot = hashPair(this.firsts[i] as number, this.seconds[i] as number) & (size - 1)
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1)
      this.slots[slot] = i + 1
    }
  }
}

/** A copy of an array with more room. */
export function enlarge(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(numbers)
  return larger
}

function hashPair(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
