export type TokenKind =
  | 'space'
  | 'comment'
  | 'string'
  | 'quoted-identifier'
  | 'word'
  | 'number'
  /** `$1` */
  | 'positional'
  /** `:name` */
  | 'named'
  /** `{{name}}` */
  | 'template'
  | 'punctuation'

export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  readonly text: string
  /** False for a string, quoted name or comment that the text ends inside of. */
  readonly isTerminated: boolean
}

// PostgreSQL takes every character outside ASCII, even a no-break space, as part of a name.
const WORD = /(?:[A-Za-z_]|\P{ASCII})(?:[A-Za-z0-9_$]|\P{ASCII})*/uy
const NUMBER = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const SPACE = /[ \t\n\r\f\v]+/y
const LINE_COMMENT = /--[^\r\n]*/y
const POSITIONAL = /\$\d+/y
const DOLLAR_QUOTE = /\$(?:(?:[A-Za-z_]|\P{ASCII})(?:[A-Za-z0-9_]|\P{ASCII})*)?\$/uy
const NAMED = /:[A-Za-z_][A-Za-z0-9_]*/y
const TEMPLATE = /\{\{\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\}/y

/**
 * Cuts SQL into tokens by PostgreSQL's lexical rules: nested comments, `E''` escapes, dollar quotes, `::` casts.
 * It never fails; what is left open at the end of the text is a token with `isTerminated` false.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let position = 0
  const push = (kind: TokenKind, end: number, isTerminated = true): void => {
    tokens.push({ kind, start: position, end, text: text.slice(position, end), isTerminated })
    position = end
  }
  const match = (pattern: RegExp): number | undefined => {
    pattern.lastIndex = position
    return pattern.test(text) ? pattern.lastIndex : undefined
  }
  while (position < text.length) {
    const character = text[position]
    const next = text[position + 1]
    const space = match(SPACE)
    if (space !== undefined) {
      push('space', space)
    } else if (character === '-' && next === '-') {
      push('comment', match(LINE_COMMENT) ?? text.length)
    } else if (character === '/' && next === '*') {
      const end = endOfBlockComment(text, position)
      push('comment', end ?? text.length, end !== undefined)
    } else if (character === "'") {
      const end = endOfQuoted(text, position, "'", continuesEscapeString(tokens))
      push('string', end ?? text.length, end !== undefined)
    } else if ((character === 'E' || character === 'e') && next === "'") {
      const end = endOfQuoted(text, position + 1, "'", true)
      push('string', end ?? text.length, end !== undefined)
    } else if (character === '"') {
      const end = endOfQuoted(text, position, '"', false)
      push('quoted-identifier', end ?? text.length, end !== undefined)
    } else if (character === '$') {
      const opening = match(DOLLAR_QUOTE)
      if (opening !== undefined) {
        const tag = text.slice(position, opening)
        const closing = text.indexOf(tag, opening)
        push('string', closing < 0 ? text.length : closing + tag.length, closing >= 0)
      } else {
        const end = match(POSITIONAL)
        push(end === undefined ? 'punctuation' : 'positional', end ?? position + 1)
      }
    } else if (character === ':' && next === ':') {
      push('punctuation', position + 2)
    } else if (character === ':') {
      const end = match(NAMED)
      push(end === undefined ? 'punctuation' : 'named', end ?? position + 1)
    } else if (character === '{') {
      const end = match(TEMPLATE)
      push(end === undefined ? 'punctuation' : 'template', end ?? position + 1)
    } else {
      const word = match(WORD)
      if (word !== undefined) push('word', word)
      else {
        const number = match(NUMBER)
        push(number === undefined ? 'punctuation' : 'number', number ?? position + 1)
      }
    }
  }
  return tokens
}

/** The tokens that mean something: neither white space nor comments. */
export function significantTokens(text: string): readonly Token[] {
  return tokenize(text).filter((token) => token.kind !== 'space' && token.kind !== 'comment')
}

/** A string on a new line after an `E''` string is the same string to PostgreSQL, escapes included. */
function continuesEscapeString(tokens: readonly Token[]): boolean {
  let hasLineBreak = false
  for (let index = tokens.length - 1; index >= 0; index--) {
    const token = tokens[index]
    if (token?.kind === 'space' || token?.kind === 'comment') {
      if (/[\r\n]/.test(token.text)) hasLineBreak = true
    } else if (token?.kind === 'string' && hasLineBreak) {
      if (/^[eE]'/.test(token.text)) return true
      hasLineBreak = false
    } else return false
  }
  return false
}

function endOfBlockComment(text: string, start: number): number | undefined {
  let depth = 0
  for (let index = start; index < text.length - 1; index++) {
    const pair = text.slice(index, index + 2)
    if (pair === '/*') {
      depth++
      index++
    } else if (pair === '*/') {
      depth--
      index++
      if (depth === 0) return index + 1
    }
  }
  return undefined
}

function endOfQuoted(text: string, start: number, quote: string, hasEscapes: boolean): number | undefined {
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index]
    if (hasEscapes && character === '\\') index++
    else if (character === quote) {
      if (text[index + 1] !== quote) return index + 1
      index++
    }
  }
  return undefined
}
