import { AppError } from '@graticule/contract'
import { type Source, significantTokens } from '@graticule/sql'

// Sockets are shared by everyone who uses the connection: what a statement leaves behind on one, the next person meets.
const SESSION_COMMANDS = new Set([
  'abort',
  'begin',
  'close',
  'commit',
  'deallocate',
  'declare',
  'discard',
  'end',
  'execute',
  'fetch',
  'listen',
  'load',
  'lock',
  'move',
  'notify',
  'prepare',
  'release',
  'reset',
  'rollback',
  'savepoint',
  'set',
  'start',
  'unlisten',
])

const LOCKS = /^pg_(?:try_)?advisory_lock(?:_shared)?$/

/** Refuses (`invalid_query`) an empty text and statements whose effect stays on the session. */
export function checkStatement(text: string): void {
  const tokens = significantTokens(text)
  const first = tokens.find((token) => token.text !== '(')
  if (!first || tokens.every((token) => token.text === ';')) {
    throw new AppError('invalid_query', 'The query is empty; write a statement.')
  }
  const command = first.text.toLowerCase()
  if (first.kind === 'word' && SESSION_COMMANDS.has(command)) {
    throw new AppError(
      'invalid_query',
      `${command.toUpperCase()} cannot be used here: each statement runs by itself, on a session that others share.`,
    )
  }
  const setting = tokens.find(
    (token, index) => token.kind === 'word' && tokens[index + 1]?.text === '(' && changesSession(token.text),
  )
  if (setting) {
    throw new AppError(
      'invalid_query',
      `${setting.text} cannot be used here: others share the session that it changes.`,
    )
  }
}

/** The same for a source that a person wrote. */
export function checkSource(source: Source): void {
  if (source.type === 'query') checkStatement(source.sql)
}

function changesSession(name: string): boolean {
  return name.toLowerCase() === 'set_config' || LOCKS.test(name.toLowerCase())
}
