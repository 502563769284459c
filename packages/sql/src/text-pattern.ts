/** A text search as a regular expression of the common core that warehouses share. */
export interface TextPattern {
  readonly expression: string
  readonly isCaseSensitive: boolean
}

export interface TextSearchOptions {
  readonly useRegExp?: boolean
  readonly mustStart?: boolean
  readonly mustEnd?: boolean
  readonly caseSensitive?: boolean
  readonly keepSpecialCharacters?: boolean
}

const MARKS = /[\u0300-\u036f]/g
// Latin, Greek, Cyrillic and their extensions: where letters are stored with their accent in one character.
const FIRST_ACCENTED = 0xc0
const LAST_ACCENTED = 0x2fff

/**
 * The pattern of a `stringSearch` value. Unless special characters are kept, accents are ignored on both sides: each
 * letter of the value also stands for its accented forms, so the column itself needs no conversion.
 */
export function textPattern(value: string, options: TextSearchOptions): TextPattern {
  const isCaseSensitive = options.caseSensitive === true
  if (options.useRegExp) return { expression: translateRegExp(value), isCaseSensitive }
  const letters = options.keepSpecialCharacters ? [...value].map(escapeLetter) : [...foldAccents(value)].map(anyAccent)
  const expression = `${options.mustStart ? '^' : ''}${letters.join('')}${options.mustEnd ? '$' : ''}`
  return { expression, isCaseSensitive }
}

/** The text without accents: decomposed, then without combining marks. */
export function foldAccents(text: string): string {
  return text.normalize('NFD').replace(MARKS, '')
}

function escapeLetter(letter: string): string {
  return /[A-Za-z0-9\s]|\P{ASCII}/u.test(letter) ? letter : `\\${letter}`
}

function anyAccent(letter: string): string {
  const variants = accentedForms().get(letter) ?? ''
  const one = variants === '' ? escapeLetter(letter) : `[${letter}${variants}]`
  return /\p{L}/u.test(letter) ? `${one}[\u0300-\u036f]*` : one
}

let forms: Map<string, string> | undefined

function accentedForms(): ReadonlyMap<string, string> {
  if (forms) return forms
  forms = new Map()
  for (let code = FIRST_ACCENTED; code <= LAST_ACCENTED; code++) {
    const letter = String.fromCharCode(code)
    const base = foldAccents(letter)
    if (base !== letter && [...base].length === 1) forms.set(base, (forms.get(base) ?? '') + letter)
  }
  return forms
}

/** JavaScript writes word boundaries `\b` and `\B`; PostgreSQL's expressions call them `\y` and `\Y`. */
function translateRegExp(source: string): string {
  return source.replace(/\\([\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]/g, (whole, escaped?: string) => {
    if (escaped === 'b') return '\\y'
    if (escaped === 'B') return '\\Y'
    return whole
  })
}
