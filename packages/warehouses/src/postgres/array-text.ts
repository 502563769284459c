const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92

/**
 * Reads the text of a one-dimensional PostgreSQL array: `{a,"b, c",NULL,"quo\"te"}`. Written by hand because the
 * driver's own parser goes character by character and costs more than the rest of a tile.
 */
export function parseArrayText(text: string, expectedCount: number): (string | null)[] {
  const values: (string | null)[] = new Array(expectedCount)
  const end = text.length - 1
  if (text.charCodeAt(0) !== 123 || text.charCodeAt(end) !== 125) throw new Error('The text is not an array.')
  let count = 0
  let at = 1
  // Looked up once and kept: looking anew for each value would read the whole text again and again.
  let nextBackslash = nextOrNone(text, '\\', 0)
  while (at < end) {
    if (text.charCodeAt(at) !== QUOTE) {
      let comma = text.indexOf(',', at)
      if (comma < 0) comma = end
      const value = text.slice(at, comma)
      values[count++] = value === 'NULL' ? null : value
      at = comma + 1
      continue
    }
    const start = at + 1
    let closing = nextOrNone(text, '"', start)
    if (closing < nextBackslash) values[count++] = text.slice(start, closing)
    else {
      closing = closingQuote(text, nextBackslash)
      values[count++] = text.slice(start, closing).replace(/\\([\s\S])/g, '$1')
      nextBackslash = nextOrNone(text, '\\', closing)
    }
    at = closing + 2
    if (at <= end && text.charCodeAt(closing + 1) !== COMMA) throw new Error('The text is not a flat array.')
  }
  values.length = count
  return values
}

function nextOrNone(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from)
  return found < 0 ? text.length : found
}

/** The quote that ends a value whose first backslash is at `from`. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  throw new Error('The text is not an array.')
}
