import { decodeEwkb } from './ewkb-reader.ts'

/** What the driver knows of a type, by the number that the server gives it. */
export interface WireType {
  /** `format_type` without modifiers. */
  readonly name: string
  /** `pg_type.typcategory`: A is an array, E an enum. */
  readonly category: string
  /** Type of an array's elements. */
  readonly element?: WireType
  readonly delimiter?: string
}

/** A geometry in a reference system that only the database can convert from. */
export class ForeignGeometry {
  readonly ewkb: string

  constructor(ewkb: string) {
    this.ewkb = ewkb
  }
}

/**
 * The JSON value of a cell's text. Integers and decimals are numbers when a double holds them exactly, else the text;
 * times are ISO texts in UTC, dates ISO dates, geometries GeoJSON, json as it is, bytea hexadecimal text, arrays arrays.
 */
export function cellValue(text: string | null, type: WireType): unknown {
  if (text === null) return null
  if (type.element) return arrayValue(text, type.element, type.delimiter ?? ',')
  switch (type.name) {
    case 'boolean':
      return text === 't'
    case 'smallint':
    case 'integer':
    case 'oid':
    case 'real':
    case 'double precision':
      return Number(text)
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'numeric':
      return exactNumber(text)
    case 'timestamp without time zone':
      return timestampText(text, 'Z')
    case 'timestamp with time zone':
      return zonedTimestampText(text)
    case 'json':
    case 'jsonb':
      return JSON.parse(text)
    case 'geometry':
    case 'geography':
      return geometryValue(text)
    default:
      return text
  }
}

/** A double holds 15 significant decimal digits; with more, only a round trip can tell. */
function exactNumber(text: string): number | string {
  const value = Number(text)
  if (text.length <= 15 || !Number.isFinite(value)) return value
  return plainDigits(String(value)) === plainDigits(text) ? value : text
}

function plainDigits(text: string): string {
  if (/e/i.test(text)) return digitsOfExponent(text)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function digitsOfExponent(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const shift = Number(exponent) - fraction.length
  const digits = (whole + fraction).replace(/^(-?)0+(?=\d)/, '$1')
  if (shift >= 0) return digits + '0'.repeat(shift)
  const sign = digits.startsWith('-') ? '-' : ''
  const padded = digits.replace('-', '').padStart(1 - shift, '0')
  return `${sign}${padded.slice(0, shift)}.${padded.slice(shift)}`.replace(/\.?0+$/, '')
}

const TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?$/

/** Without a zone the time is taken as UTC, here as in every filter. Infinities and years before 1 stay as they are. */
function timestampText(text: string, zone: string): string {
  const parts = TIMESTAMP.exec(text)
  if (!parts) return text
  const [, year = '', month, day, hours, minutes, seconds, fraction = ''] = parts
  return `${isoYear(year)}-${month}-${day}T${hours}:${minutes}:${seconds}${fraction}${zone}`
}

function zonedTimestampText(text: string): string {
  const parts = TIMESTAMP.exec(text)
  if (!parts) return text
  const [, , , , , , , fraction = '', sign, hours = '0', minutes = '0', seconds = '0'] = parts
  const offsetSeconds = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (offsetSeconds === 0) return timestampText(text, 'Z')
  const local = Date.parse(timestampText(text.replace(/[+-][\d:]+$/, '').replace(fraction, ''), 'Z'))
  const utc = new Date(local - (sign === '-' ? -1000 : 1000) * offsetSeconds)
  return utc.toISOString().replace('.000Z', `${fraction}Z`)
}

/** JavaScript reads years of more than four digits with a sign only. */
function isoYear(year: string): string {
  return year.length > 4 ? `+${year.padStart(6, '0')}` : year
}

function geometryValue(ewkb: string): unknown {
  const decoded = decodeEwkb(ewkb)
  if (!decoded) return new ForeignGeometry(ewkb)
  return decoded.srid === 0 || decoded.srid === 4326 ? decoded.geometry : new ForeignGeometry(ewkb)
}

function arrayValue(text: string, element: WireType, delimiter: string): unknown {
  // Arrays whose lower bound is not 1 begin with their bounds: [0:2]={…}.
  const start = text.indexOf('{')
  return readArray(text, start, element, delimiter)[0]
}

function readArray(text: string, start: number, element: WireType, delimiter: string): [unknown[], number] {
  const values: unknown[] = []
  let at = start + 1
  while (at < text.length) {
    const character = text[at]
    if (character === '}') return [values, at + 1]
    if (character === delimiter) at++
    else if (character === '{') {
      const [nested, next] = readArray(text, at, element, delimiter)
      values.push(nested)
      at = next
    } else if (character === '"') {
      let value = ''
      for (at++; text[at] !== '"' && at < text.length; at++) {
        if (text[at] === '\\') at++
        value += text[at]
      }
      at++
      values.push(cellValue(value, element))
    } else {
      const begin = at
      while (at < text.length && text[at] !== delimiter && text[at] !== '}') at++
      const value = text.slice(begin, at)
      values.push(value === 'NULL' ? null : cellValue(value, element))
    }
  }
  return [values, at]
}
