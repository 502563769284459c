import { expect, test } from 'vitest'
import { amendState, recordState, redo, sealStep, startUndoLog, undo } from './undo-log.ts'

test('edits with one key in a row are one step', () => {
  let log = startUndoLog(0)
  for (const value of [1, 2, 3]) log = recordState(log, value, 'slider')
  log = recordState(log, 4, 'other')
  expect(undo(log).present).toBe(3)
  expect(undo(undo(log)).present).toBe(0)
})

test('a pause makes the next edit of the same slider a step of its own', () => {
  let log = recordState(startUndoLog(0), 1, 'slider')
  log = recordState(sealStep(log), 2, 'slider')
  expect(undo(log).present).toBe(1)
})

test('an edit after undo forgets what could have been redone', () => {
  const log = recordState(undo(recordState(startUndoLog('a'), 'b')), 'c')
  expect(redo(log)).toBe(log)
  expect(undo(log).present).toBe('a')
})

test('at either end nothing happens', () => {
  const log = startUndoLog('only')
  expect(undo(log)).toBe(log)
  expect(redo(log)).toBe(log)
})

test('what completes an edit is undone with it', () => {
  const log = amendState(recordState(startUndoLog('before'), 'added'), 'added and in view')
  expect(log.present).toBe('added and in view')
  expect(undo(log).present).toBe('before')
})
