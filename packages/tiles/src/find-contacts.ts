import { enlarge } from './pair-index.ts'
import type { PathList } from './path-list.ts'

// Rings are copied here with their first vertex repeated at the end, beginning at their smallest vertex.
let xs = new Int32Array(4096)
let ys = new Int32Array(4096)

// Chains: runs of edges whose vertices ascend or descend in (x, y) order.
let chainCount = 0
let chainLow = new Int32Array(256)
let chainHigh = new Int32Array(256)
let chainMinY = new Int32Array(256)
let chainMaxY = new Int32Array(256)
let chainRingFirst = new Int32Array(256)
let chainRingLast = new Int32Array(256)
let chainPolygon = new Int32Array(256)
let sortKeys = new Float64Array(256)

// Groups of polygons, each polygon known by the path of its exterior: every one points to another of its group, the one
// that stands for the group to itself.
let groups = new Int32Array(64)
let isTouched = new Uint8Array(64)

/** Sort keys hold x above and the number of the chain below this; x is made positive first. */
const CHAIN_LIMIT = 2 ** 24
const X_OFFSET = 2 ** 17

/** Polygons by whether they meet others or themselves; all as numbers of paths, holes with their exterior. */
export interface Contacts {
  /** Paths of polygons that meet nothing: valid as they are. */
  readonly apart: readonly number[]
  /** Paths of polygons that hang together, group by group. */
  readonly groups: readonly (readonly number[])[]
}

/**
 * Finds the polygons (rings of small integer coordinates without closing vertex, each exterior followed by its holes)
 * that cross or touch themselves or one another anywhere, be it in one vertex. Null when none does.
 *
 * Edges that ascend (or descend) together can never meet, so each ring is cut into such chains and only chains whose
 * boxes overlap are compared, walking both along x: about as many comparisons as edges for everyday shapes.
 */
export function findContacts(rings: PathList): Contacts | null {
  collectChains(rings)
  if (sortKeys.length < chainCount) sortKeys = new Float64Array(chainCount * 2)
  for (let chain = 0; chain < chainCount; chain++) {
    sortKeys[chain] = ((xs[chainLow[chain] as number] as number) + X_OFFSET) * CHAIN_LIMIT + chain
  }
  sortChains()
  let hasContacts = false
  for (let i = 0; i < chainCount; i++) {
    const chain = (sortKeys[i] as number) % CHAIN_LIMIT
    const maxX = xs[chainHigh[chain] as number] as number
    const minY = chainMinY[chain] as number
    const maxY = chainMaxY[chain] as number
    const limit = (maxX + X_OFFSET + 1) * CHAIN_LIMIT
    for (let j = i + 1; j < chainCount && (sortKeys[j] as number) < limit; j++) {
      const other = (sortKeys[j] as number) % CHAIN_LIMIT
      if ((chainMinY[other] as number) > maxY || (chainMaxY[other] as number) < minY) continue
      const group = groupOf(chainPolygon[chain] as number)
      const otherGroup = groupOf(chainPolygon[other] as number)
      // Polygons already known to hang together need no second proof.
      if ((group === otherGroup && isTouched[group] === 1) || !chainsMeet(chain, other)) continue
      hasContacts = true
      groups[otherGroup] = group
      isTouched[group] = 1
    }
  }
  return hasContacts ? listGroups(rings) : null
}

function groupOf(polygon: number): number {
  let group = polygon
  while (groups[group] !== group) {
    groups[group] = groups[groups[group] as number] as number
    group = groups[group] as number
  }
  return group
}

function listGroups(rings: PathList): Contacts {
  const apart: number[] = []
  const members = new Map<number, number[]>()
  let group = 0
  for (let path = 0; path < rings.count; path++) {
    if (rings.exteriors[path] === 1) group = groupOf(path)
    if (isTouched[group] === 0) apart.push(path)
    else {
      const known = members.get(group)
      if (known === undefined) members.set(group, [path])
      else known.push(path)
    }
  }
  return { apart, groups: [...members.values()] }
}

function sortChains(): void {
  // Calling the built-in sort costs more than sorting so few.
  if (chainCount > 24) {
    sortKeys.subarray(0, chainCount).sort()
    return
  }
  for (let i = 1; i < chainCount; i++) {
    const key = sortKeys[i] as number
    let at = i
    for (; at > 0 && (sortKeys[at - 1] as number) > key; at--) sortKeys[at] = sortKeys[at - 1] as number
    sortKeys[at] = key
  }
}

function collectChains(rings: PathList): void {
  const { coordinates } = rings
  const needed = rings.size / 2 + rings.count
  if (xs.length < needed) {
    xs = new Int32Array(needed * 2)
    ys = new Int32Array(needed * 2)
  }
  if (groups.length < rings.count) {
    groups = new Int32Array(rings.count * 2)
    isTouched = new Uint8Array(rings.count * 2)
  }
  chainCount = 0
  let at = 0
  let polygon = 0
  for (let ring = 0; ring < rings.count; ring++) {
    if (rings.exteriors[ring] === 1) polygon = ring
    groups[ring] = ring
    isTouched[ring] = 0
    const start = rings.startOf(ring)
    const end = rings.ends[ring] as number
    let smallest = start
    for (let i = start + 2; i < end; i += 2) {
      const dx = (coordinates[i] as number) - (coordinates[smallest] as number)
      if (dx < 0 || (dx === 0 && (coordinates[i + 1] as number) < (coordinates[smallest + 1] as number))) smallest = i
    }
    const first = at
    for (let i = smallest; i < end; i += 2, at++) {
      xs[at] = coordinates[i] as number
      ys[at] = coordinates[i + 1] as number
    }
    for (let i = start; i <= smallest; i += 2, at++) {
      xs[at] = coordinates[i] as number
      ys[at] = coordinates[i + 1] as number
    }
    cutIntoChains(polygon, first, at - 1)
  }
}

function cutIntoChains(polygon: number, first: number, last: number): void {
  let chainStart = first
  let minY = ys[first] as number
  let maxY = minY
  let ascends = true
  for (let i = first; i < last; i++) {
    const dx = (xs[i + 1] as number) - (xs[i] as number)
    const y = ys[i + 1] as number
    const stepAscends = dx > 0 || (dx === 0 && y > (ys[i] as number))
    if (stepAscends !== ascends) {
      addChain(polygon, first, last, chainStart, i, ascends, minY, maxY)
      chainStart = i
      ascends = stepAscends
      minY = ys[i] as number
      maxY = minY
    }
    if (y < minY) minY = y
    if (y > maxY) maxY = y
  }
  addChain(polygon, first, last, chainStart, last, ascends, minY, maxY)
}

function addChain(
  polygon: number,
  ringFirst: number,
  ringLast: number,
  from: number,
  to: number,
  ascends: boolean,
  minY: number,
  maxY: number,
): void {
  if (chainCount === chainLow.length) growChains()
  chainLow[chainCount] = ascends ? from : to
  chainHigh[chainCount] = ascends ? to : from
  chainMinY[chainCount] = minY
  chainMaxY[chainCount] = maxY
  chainPolygon[chainCount] = polygon
  chainRingFirst[chainCount] = ringFirst
  chainRingLast[chainCount] = ringLast
  chainCount++
}

function growChains(): void {
  const grow = (chains: Int32Array<ArrayBuffer>) => enlarge(chains, chains.length * 2)
  chainLow = grow(chainLow)
  chainHigh = grow(chainHigh)
  chainMinY = grow(chainMinY)
  chainMaxY = grow(chainMaxY)
  chainPolygon = grow(chainPolygon)
  chainRingFirst = grow(chainRingFirst)
  chainRingLast = grow(chainRingLast)
}

/** Walks two chains along x and compares the edges that lie over each other. */
function chainsMeet(chainA: number, chainB: number): boolean {
  const lowA = chainLow[chainA] as number
  const highA = chainHigh[chainA] as number
  const lowB = chainLow[chainB] as number
  const highB = chainHigh[chainB] as number
  const stepA = highA > lowA ? 1 : -1
  const stepB = highB > lowB ? 1 : -1
  const ringFirst = chainRingFirst[chainA]
  const ringLast = chainRingLast[chainA]
  // Neighbours in a ring rightly share the vertex where it turns; its smallest vertex stands at both of its ends.
  const sharesHigh = highA === highB
  const sharesLow =
    lowA === lowB || (lowA === ringFirst && lowB === ringLast) || (lowB === ringFirst && lowA === ringLast)
  let a = lowA
  let b = lowB
  let ax1 = xs[a] as number
  let ay1 = ys[a] as number
  let bx1 = xs[b] as number
  let by1 = ys[b] as number
  let ax2 = xs[a + stepA] as number
  let ay2 = ys[a + stepA] as number
  let bx2 = xs[b + stepB] as number
  let by2 = ys[b + stepB] as number
  for (;;) {
    if (ax1 <= bx2 && bx1 <= ax2) {
      if (ax1 === bx1 && ay1 === by1) {
        if (!(sharesLow && a === lowA && b === lowB)) return true
        if ((ax2 - ax1) * (by2 - ay1) === (ay2 - ay1) * (bx2 - ax1)) return true
      } else if (ax2 === bx2 && ay2 === by2) {
        if (!(sharesHigh && a + stepA === highA && b + stepB === highB)) return true
        if ((ax2 - ax1) * (by1 - ay1) === (ay2 - ay1) * (bx1 - ax1)) return true
      } else if (edgesMeet(ax1, ay1, ax2, ay2, bx1, by1, bx2, by2)) return true
    }
    if (ax2 < bx2 || (ax2 === bx2 && ay2 <= by2)) {
      a += stepA
      if (a === highA) return false
      ax1 = ax2
      ay1 = ay2
      ax2 = xs[a + stepA] as number
      ay2 = ys[a + stepA] as number
    } else {
      b += stepB
      if (b === highB) return false
      bx1 = bx2
      by1 = by2
      bx2 = xs[b + stepB] as number
      by2 = ys[b + stepB] as number
    }
  }
}

/** True when two closed segments have a point in common. */
function edgesMeet(
  ax1: number,
  ay1: number,
  ax2: number,
  ay2: number,
  bx1: number,
  by1: number,
  bx2: number,
  by2: number,
): boolean {
  if (ay1 < ay2 ? by1 < ay1 && by2 < ay1 : by1 < ay2 && by2 < ay2) return false
  if (ay1 > ay2 ? by1 > ay1 && by2 > ay1 : by1 > ay2 && by2 > ay2) return false
  const dxA = ax2 - ax1
  const dyA = ay2 - ay1
  const b1 = dxA * (by1 - ay1) - dyA * (bx1 - ax1)
  const b2 = dxA * (by2 - ay1) - dyA * (bx2 - ax1)
  if ((b1 > 0 && b2 > 0) || (b1 < 0 && b2 < 0)) return false
  const dxB = bx2 - bx1
  const dyB = by2 - by1
  const a1 = dxB * (ay1 - by1) - dyB * (ax1 - bx1)
  const a2 = dxB * (ay2 - by1) - dyB * (ax2 - bx1)
  return !((a1 > 0 && a2 > 0) || (a1 < 0 && a2 < 0))
}
