import type { FieldType } from '@graticule/contract'

/** How much of a long text a cell shows. */
const MAX_CHARACTERS = 200

/** What a cell shows, and the whole value where that is cut short. Null marks NULL, which is not the text "NULL". */
export function formatCell(value: unknown, type: FieldType): { readonly text: string | null; readonly full?: string } {
  if (value === null || value === undefined) return { text: null }
  const full = typeof value === 'object' ? JSON.stringify(value) : asText(value, type)
  return full.length > MAX_CHARACTERS ? { text: `${full.slice(0, MAX_CHARACTERS)}…`, full } : { text: full }
}

/** True for types whose digits should stand under each other. */
export function isNumeric(type: FieldType): boolean {
  return type === 'number' || type === 'bigint'
}

function asText(value: unknown, type: FieldType): string {
  if (type === 'timestamp' && typeof value === 'string') return formatTimestamp(value)
  return String(value)
}

/** An ISO timestamp with a space for its T, without zero fractions and, at midnight UTC, without the time. */
function formatTimestamp(iso: string): string {
  const match = /^(\d{4,}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.exec(iso)
  if (!match) return iso
  const [, day, time, fraction = '', zone = ''] = match
  const isWholeDay = time === '00:00:00' && !/[1-9]/.test(fraction) && (zone === 'Z' || zone === '')
  if (isWholeDay) return day ?? iso
  return `${day} ${time}${/[1-9]/.test(fraction) ? fraction : ''}${zone === 'Z' ? ' UTC' : zone && ` ${zone}`}`
}
