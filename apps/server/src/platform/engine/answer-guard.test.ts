import { expect, test } from 'vitest'
import { AnswerGuard } from './answer-guard.ts'

function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body))
  bytes.write(type)
  bytes.writeInt32BE(bytes.length - 1, 1)
  bytes.write(body, 5)
  return bytes
}

/** Sends bytes through a guard in pieces of a size, and returns what comes out. */
function filterInPieces(bytes: Buffer, size: number): Buffer {
  const guard = new AnswerGuard()
  const kept: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += size) kept.push(guard.filter(bytes.subarray(start, start + size)))
  return Buffer.concat(kept)
}

const rows = message('D', 'a row that says RAtEOXact_Snapshot\0')
const harmless = message('N', 'SNOTICE\0MHello\0RExecuteDoStmt\0\0')
const warning = message('N', 'SWARNING\0Msnapshot 0xa2580b0 still active\0RAtEOXact_Snapshot\0\0')
const complete = message('C', 'SELECT 919\0')
const ready = message('Z', 'I')

test.each([1, 3, 7, 1000])('an ordinary answer passes byte by byte as it came, in pieces of %i', (size) => {
  const answer = Buffer.concat([rows, harmless, complete, ready, rows, complete, ready])
  expect(filterInPieces(answer, size)).toEqual(answer)
})

test.each([1, 3, 7, 1000])(
  'a statement that was left early ends in an error and not in its completion, in pieces of %i',
  (size) => {
    const kept = filterInPieces(Buffer.concat([rows, warning, complete, ready, rows, complete, ready]), size)
    expect(kept.subarray(0, rows.length)).toEqual(rows)
    const afterRows = kept.subarray(rows.length)
    expect(afterRows.toString()).toMatch(/^E/)
    expect(afterRows.toString()).toContain('incomplete')
    const errorLength = 1 + afterRows.readInt32BE(1)
    expect(afterRows.subarray(errorLength)).toEqual(Buffer.concat([ready, rows, complete, ready]))
  },
)

test.each([1, 3, 7, 1000])(
  'a "ready" after an error that came before the sync is held back, in pieces of %i',
  (size) => {
    const guard = new AnswerGuard()
    const send = (bytes: Buffer, isReadyDue: boolean): Buffer => {
      guard.isReadyDue = isReadyDue
      const kept: Uint8Array[] = []
      for (let start = 0; start < bytes.length; start += size) {
        kept.push(guard.filter(bytes.subarray(start, start + size)))
      }
      return Buffer.concat(kept)
    }
    const error = message('E', 'SERROR\0Mduplicate key\0\0')
    expect(send(Buffer.concat([error, ready]), false)).toEqual(error)
    expect(send(ready, true)).toEqual(ready)
  },
)
