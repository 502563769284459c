import type { PGlite } from '@electric-sql/pglite'
import { AnswerGuard } from './answer-guard.ts'

const QUERY = code('Q')
const FUNCTION_CALL = code('F')
const SYNC = code('S')
const TERMINATE = code('X')

/**
 * The view of an engine that the socket server works on, with the faults of passing single messages mended.
 *
 * The socket server queues message by message and lets another client in between whenever no transaction is open. A
 * query with bound values is five messages (parse, bind, describe, execute, sync), so a second client's parse could
 * replace the statement that the first is about to bind. Here an unfinished sequence counts as a transaction: its client keeps
 * the engine until the sync.
 *
 * When the engine itself breaks (not the SQL), the server's queue would stand still for ever: `onBroken` is called
 * so that the process can end and be started again. Answers pass the AnswerGuard.
 */
export function guardDatabase(database: PGlite, onBroken: (error: unknown) => void): PGlite {
  let isInSequence = false
  const answers = new AnswerGuard()
  return new Proxy(database, {
    get(target, property) {
      switch (property) {
        case 'isInTransaction':
          return () => isInSequence || target.isInTransaction()
        case 'exec':
          return (...args: Parameters<PGlite['exec']>) => {
            // The server's own ROLLBACK after a client has gone: whatever that client began is over.
            isInSequence = false
            return target.exec(...args)
          }
        case 'execProtocolRawStream':
          return async (...[message, options]: Parameters<PGlite['execProtocolRawStream']>) => {
            isInSequence = continuesSequence(message[0], isInSequence)
            answers.isReadyDue = !isInSequence
            const onRawData = (piece: Uint8Array) => options.onRawData(answers.filter(piece))
            try {
              await target.execProtocolRawStream(message, { ...options, onRawData })
            } catch (error) {
              onBroken(error)
              throw error
            }
          }
        default: {
          const value: unknown = Reflect.get(target, property, target)
          return typeof value === 'function' ? value.bind(target) : value
        }
      }
    },
  })
}

/** Whether, after a message of this type, its client still owes the sync that ends an extended query. */
function continuesSequence(type: number | undefined, isInSequence: boolean): boolean {
  switch (type) {
    case QUERY:
    case FUNCTION_CALL:
    case SYNC:
    case undefined:
    // A start-up message has no type; its length begins with a zero byte.
    case 0:
      return false
    case TERMINATE:
      return isInSequence
    default:
      return true
  }
}

function code(letter: string): number {
  return letter.charCodeAt(0)
}
