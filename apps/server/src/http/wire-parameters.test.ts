import { describe, expect, it } from 'vitest'
import { WireParameters } from './wire-parameters.ts'

describe('parameters as the real clients send them', () => {
  it('are the same from a query string and from a JSON body', () => {
    const filters = { kind: { in: { values: ['a'], owner: 'widget' } } }
    const fromQuery = new WireParameters({ filters: JSON.stringify(filters), columns: 'a,b', tileResolution: '0.5' })
    const fromBody = new WireParameters({}, { filters, columns: 'a,b', tileResolution: 0.5 })
    for (const parameters of [fromQuery, fromBody]) {
      expect(parameters.filters()).toEqual(filters)
      expect(parameters.list('columns')).toEqual(['a', 'b'])
      expect(parameters.number('tileResolution')).toBe(0.5)
    }
  })

  it('count as absent when they are empty or spelled out as undefined or null', () => {
    for (const absent of ['', 'undefined', 'null', null, undefined]) {
      const parameters = new WireParameters({ queryParameters: absent, filters: absent, name: absent })
      expect(parameters.queryParameters()).toBeUndefined()
      expect(parameters.filters()).toEqual({})
      expect(parameters.text('name')).toBeUndefined()
    }
  })

  it('take query parameters as array, object, or JSON text of either', () => {
    for (const given of [[1, 'a'], { low: 1 }]) {
      expect(new WireParameters({}, { queryParameters: given }).queryParameters()).toEqual(given)
      expect(new WireParameters({}, { queryParameters: JSON.stringify(given) }).queryParameters()).toEqual(given)
    }
    expect(new WireParameters({}, { queryParameters: [] }).queryParameters()).toBeUndefined()
  })

  it('refuse filters that are not JSON, of an unknown kind or of the wrong shape, in a sentence', () => {
    expect(() => new WireParameters({ filters: '{' }).filters()).toThrow('not valid JSON')
    const unknownKind = new WireParameters({ filters: '{"kind":{"startsWith":{"values":["a"]}}}' })
    expect(() => unknownKind.filters()).toThrow(/The filters are not valid.*kind/)
    const wrongShape = new WireParameters({ filters: '{"size":{"between":{"values":[1,2]}}}' })
    expect(() => wrongShape.filters()).toThrow(/between/)
  })

  it('do not reach into the prototype of the objects they are kept in', () => {
    const parameters = new WireParameters({}, {})
    expect(parameters.text('constructor')).toBeUndefined()
    expect(parameters.text('toString')).toBeUndefined()
  })
})
