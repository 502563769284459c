import { describe, expect, it } from 'vitest'
import { hasCustomSql, readModelParams } from './model-params.ts'

describe('params of widget models', () => {
  it('have the defaults that clients leave out', () => {
    expect(readModelParams('formula', {})).toEqual({ column: '*', operation: 'count' })
    expect(readModelParams('histogram', { column: 'size', ticks: [1, 2] })).toMatchObject({ operation: 'count' })
  })

  it('ignore what is null, empty or unknown', () => {
    const params = readModelParams('category', {
      column: 'kind',
      operation: 'SUM',
      operationColumn: null,
      operationExp: '',
      somethingNew: true,
    })
    expect(params).toMatchObject({ column: 'kind', operation: 'sum' })
    expect(params).not.toHaveProperty('operationColumn')
    expect(params).not.toHaveProperty('operationExp')
  })

  it('are refused in a sentence that names the place', () => {
    expect(() => readModelParams('histogram', { column: 'size', ticks: ['a'] })).toThrow(/"histogram".*ticks/)
    expect(() => readModelParams('category', { column: 'kind', operation: 'median' })).toThrow(/operation/)
    expect(() => readModelParams('range', 'kind')).toThrow('JSON object')
  })

  it('are recognised when they carry SQL of their own', () => {
    expect(hasCustomSql({ operation: 'custom', operationExp: 'sum(a)' })).toBe(true)
    expect(hasCustomSql({ xAxisColumn: 'a', xAxisJoinOperation: 'custom' })).toBe(true)
    expect(hasCustomSql({ aggregations: 'sum(a) as b' })).toBe(true)
    expect(hasCustomSql({ aggregations: [{ column: 'a', operation: 'custom', alias: 'b' }] })).toBe(true)
    expect(hasCustomSql({ aggregations: [{ column: 'a', operation: 'sum', alias: 'b' }] })).toBe(false)
    expect(hasCustomSql({ column: 'custom', operation: 'sum' })).toBe(false)
  })
})
