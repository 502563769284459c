import { expect, test } from 'vitest'
import { optionErrors, optionValues, toOptions } from './connection-options-values.ts'

test('options come back as they were shown, and empty ones as the server is set', () => {
  const options = {
    maxConcurrentQueries: 4,
    queryTimeoutSeconds: null,
    tempSchema: 'scratch',
    toolboxSchema: null,
    neverCache: true,
    exports: 'admins',
  } as const
  expect(toOptions(optionValues(options))).toEqual(options)
  expect(toOptions(optionValues())).toEqual({
    maxConcurrentQueries: null,
    queryTimeoutSeconds: null,
    tempSchema: null,
    toolboxSchema: null,
    neverCache: false,
    exports: null,
  })
})

test('what the server would refuse is told beside its field', () => {
  const wrong = { maxConcurrentQueries: '101', queryTimeoutSeconds: '1.5', tempSchema: 'My Schema', toolboxSchema: '' }
  expect(Object.keys(optionErrors({ ...wrong, neverCache: false, exports: '' }))).toEqual([
    'maxConcurrentQueries',
    'queryTimeoutSeconds',
    'tempSchema',
  ])
  const right = {
    maxConcurrentQueries: '100',
    queryTimeoutSeconds: ' 60 ',
    tempSchema: 'tmp_1',
    toolboxSchema: 'carto',
  }
  expect(optionErrors({ ...right, neverCache: true, exports: '' })).toEqual({})
})
