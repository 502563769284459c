import { expect, test } from 'vitest'
import { cellValue, ForeignGeometry } from './cell-values.ts'

const value = (text: string | null, name: string): unknown => cellValue(text, { name, category: '' })

test.each([
  ['1.50', 1.5],
  ['0.1', 0.1],
  ['123456789012345', 123456789012345],
  ['12345678901234567890', '12345678901234567890'],
  ['0.12345678901234567890', '0.12345678901234567890'],
  ['100000000000000000000000', 100000000000000000000000],
  ['-0.00000012340000000000', -1.234e-7],
  ['NaN', Number.NaN],
])('the decimal %s is a number only when none of it is lost', (text, expected) => {
  expect(value(text, 'numeric')).toEqual(expected)
})

test.each([
  ['2024-02-29 12:30:00', 'timestamp without time zone', '2024-02-29T12:30:00Z'],
  ['2024-02-29 12:30:00.123456+00', 'timestamp with time zone', '2024-02-29T12:30:00.123456Z'],
  ['2024-01-01 00:30:00.000001+05:45', 'timestamp with time zone', '2023-12-31T18:45:00.000001Z'],
  ['2024-12-31 23:30:00-09', 'timestamp with time zone', '2025-01-01T08:30:00Z'],
  ['1850-01-01 00:00:00-00:01:15', 'timestamp with time zone', '1850-01-01T00:01:15Z'],
  ['12024-01-01 00:00:00', 'timestamp without time zone', '+012024-01-01T00:00:00Z'],
  ['infinity', 'timestamp with time zone', 'infinity'],
  ['0044-03-15 00:00:00 BC', 'timestamp without time zone', '0044-03-15 00:00:00 BC'],
])('the time %s (%s) is %s', (text, name, expected) => {
  expect(value(text, name)).toBe(expected)
})

test('arrays of any depth, with their own delimiter', () => {
  const array = (text: string, element: string, delimiter = ','): unknown =>
    cellValue(text, { name: 'array', category: 'A', element: { name: element, category: '' }, delimiter })
  expect(array('{{1,NULL},{3,4}}', 'integer')).toEqual([
    [1, null],
    [3, 4],
  ])
  expect(array('{}', 'text')).toEqual([])
  expect(array('{"a,\\"b\\\\",NULL,"NULL"}', 'text')).toEqual(['a,"b\\', null, 'NULL'])
  expect(array('[0:1]={t,f}', 'boolean')).toEqual([true, false])
  expect(array('{(1,2);(3,4)}', 'box', ';')).toEqual(['(1,2)', '(3,4)'])
})

test('geometries are GeoJSON, Z is kept, M is left out, other reference systems are left to the database', () => {
  expect(value('0101000000000000000000F03F0000000000000040', 'geometry')).toEqual({
    type: 'Point',
    coordinates: [1, 2],
  })
  expect(
    value('01010000E0E6100000000000000000F03F000000000000004000000000000008400000000000001040', 'geometry'),
  ).toEqual({
    type: 'Point',
    coordinates: [1, 2, 3],
  })
  expect(value('0101000020110F0000000000000000F03F0000000000000040', 'geometry')).toBeInstanceOf(ForeignGeometry)
})
