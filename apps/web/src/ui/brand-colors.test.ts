import { expect, test } from 'vitest'
import { mixColors, shadesOf } from './brand-colors.ts'

test('the shades of an accent go from nearly white over the colour itself to a darker one', () => {
  const shades = shadesOf('#804020')
  expect(shades).toHaveLength(10)
  expect(shades[7]).toBe('#804020')
  const sums = shades.map((shade) =>
    [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(shade.slice(at, at + 2), 16), 0),
  )
  expect([...sums].sort((a, b) => b - a)).toEqual(sums)
})

test('a share of nothing is the colour, the whole is the other', () => {
  expect(mixColors('#0c6e66', '#ffffff', 0)).toBe('#0c6e66')
  expect(mixColors('#0c6e66', '#ffffff', 1)).toBe('#ffffff')
})
