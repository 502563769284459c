import { describe, expect, it } from 'vitest'
import { readStatsAddress } from './stats-service.ts'

describe('addresses of statistics', () => {
  it('name connection, table and column', () => {
    expect(readStatsAddress('demo/public.cities/population')).toEqual({
      connectionName: 'demo',
      table: 'public.cities',
      column: 'population',
    })
  })

  it('have no table for a query', () => {
    expect(readStatsAddress('demo/population')).toEqual({ connectionName: 'demo', table: '', column: 'population' })
  })

  it('decode each segment on its own, so that names may hold slashes, spaces and quotes', () => {
    expect(readStatsAddress('demo/public."my%20table"/a%2Fb')).toEqual({
      connectionName: 'demo',
      table: 'public."my table"',
      column: 'a/b',
    })
    expect(readStatsAddress('demo/folder/table/column').table).toBe('folder/table')
  })

  it('are refused in a sentence when a part is missing or not encoded properly', () => {
    expect(() => readStatsAddress('demo')).toThrow('/v3/stats/{connection}')
    expect(() => readStatsAddress('demo/table/')).toThrow('/v3/stats/{connection}')
    expect(() => readStatsAddress('demo/%zz/a')).toThrow('percent-encoding')
  })
})
