import { expect, test } from 'vitest'
import { ApiError } from '../../../api/api-error.ts'
import { failureOf } from './run-query.ts'

test('a failure of the warehouse says what, where, and what it suggests', () => {
  const error = new ApiError({
    code: 'invalid_query',
    status: 400,
    requestId: 'r1',
    message: 'Column "populatio" does not exist.',
    hint: 'Perhaps you meant "population".',
    details: { position: 13, line: 1, column: 14 },
  })
  expect(failureOf(error)).toEqual({
    message: 'Column "populatio" does not exist. Perhaps you meant "population".',
    place: { position: 13, line: 1, column: 14 },
  })
})

test('a failure without a place has none', () => {
  expect(failureOf(new Error('The network is gone.'))).toEqual({ message: 'The network is gone.', place: null })
})
