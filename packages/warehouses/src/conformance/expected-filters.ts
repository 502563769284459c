import type { Filter, Filters, FiltersLogicalOperator } from '@graticule/contract'
import { foldAccents } from '@graticule/sql'
import type { Observation } from './observations.ts'

type Column = Exclude<keyof Observation, 'lon' | 'lat'>
type Interval = readonly [number | string | null, number | string | null]

/** Section 5 of the contract in plain JavaScript, row by row: what a warehouse's SQL is compared with. */
export function passes(row: Observation, filters: Filters, operator: FiltersLogicalOperator = 'and'): boolean {
  const results = Object.entries(filters).map(([column, filter]) => passesColumn(row[column as Column], column, filter))
  return operator === 'or' && results.length > 0 ? results.some(Boolean) : results.every(Boolean)
}

function passesColumn(value: Observation[Column], column: string, filter: Filter): boolean {
  const isTime = column === 'seen' || column === 'day'
  const results: boolean[] = []
  if (filter.in) results.push(filter.in.values.some((wanted) => isSame(value, wanted, isTime)))
  for (const kind of ['between', 'time', 'closed_open'] as const) {
    const intervals = filter[kind]?.values as readonly Interval[] | undefined
    if (intervals) {
      results.push(
        intervals.some((interval) => value !== null && isWithin(value, interval, isTime, kind !== 'closed_open')),
      )
    }
  }
  if (filter.stringSearch) {
    const { values, params = {} } = filter.stringSearch
    results.push(value !== null && values.some((wanted) => matches(String(value), wanted, params)))
  }
  return results.length === 0 || (value !== null && results.every(Boolean))
}

function isSame(value: Observation[Column], wanted: string | number | boolean, isTime: boolean): boolean {
  if (value === null) return false
  if (isTime) return Date.parse(String(value)) === (typeof wanted === 'number' ? wanted : Date.parse(String(wanted)))
  return typeof value === 'number' ? value === Number(wanted) : String(value) === String(wanted)
}

function isWithin(
  value: string | number | boolean,
  [low, high]: Interval,
  isTime: boolean,
  isClosed: boolean,
): boolean {
  const comparable = isTime ? Date.parse(String(value)) : Number(value)
  const bound = (given: number | string): number =>
    isTime && typeof given === 'string' ? Date.parse(given) : Number(given)
  if (low !== null && comparable < bound(low)) return false
  if (high === null) return true
  return isClosed ? comparable <= bound(high) : comparable < bound(high)
}

interface SearchParams {
  readonly useRegExp?: boolean
  readonly mustStart?: boolean
  readonly mustEnd?: boolean
  readonly caseSensitive?: boolean
  readonly keepSpecialCharacters?: boolean
}

function matches(value: string, wanted: string, params: SearchParams): boolean {
  const fold = (text: string): string => {
    const plain = params.keepSpecialCharacters ? text : foldAccents(text)
    return params.caseSensitive ? plain : plain.toLowerCase()
  }
  if (params.useRegExp) return new RegExp(wanted, params.caseSensitive ? '' : 'i').test(value)
  const [haystack, needle] = [fold(value), fold(wanted)]
  if (params.mustStart && params.mustEnd) return haystack === needle
  if (params.mustStart) return haystack.startsWith(needle)
  if (params.mustEnd) return haystack.endsWith(needle)
  return haystack.includes(needle)
}

/** Even-odd point in polygon; the suite's points never lie on an edge. */
export function isInside(lon: number, lat: number, rings: readonly (readonly (readonly number[])[])[]): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi = 0, yi = 0] = ring[i] ?? []
      const [xj = 0, yj = 0] = ring[j] ?? []
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside
    }
  }
  return inside
}
