import { expect, test } from 'vitest'
import { contrastOf, findBrandingProblems, inkOn } from './branding.ts'

test('contrast is what WCAG says it is', () => {
  expect(contrastOf('#000000', '#FFFFFF')).toBeCloseTo(21)
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrastOf('#336699', '#336699')).toBe(1)
})

test('a colour that cannot be read on white is refused with its contrast; none is no problem', () => {
  const none = { primaryColor: null, secondaryColor: null, appBarColor: null }
  expect(findBrandingProblems(none)).toEqual([])
  expect(findBrandingProblems({ primaryColor: '#0c6e66', secondaryColor: '#777777', appBarColor: '#ffff00' })).toEqual(
    [],
  )
  expect(findBrandingProblems({ ...none, primaryColor: '#ffcc00', secondaryColor: '#eeeeee' })).toEqual([
    expect.stringMatching(/^The primary colour .* 1\.5:1 and must be 4\.5:1/),
    expect.stringMatching(/^The secondary colour .* 1\.2:1 and must be 3:1/),
  ])
})

test('a colour that is half written is said to be, instead of being measured', () => {
  for (const color of ['#7a1f', '#abc', 'teal', '#0b72858']) {
    expect(findBrandingProblems({ primaryColor: color, secondaryColor: null, appBarColor: color })).toEqual([
      'The primary colour is written as # and six digits, such as #0b7285.',
      'The colour of the app bar is written as # and six digits, such as #0b7285.',
    ])
  }
})

test('any colour of a bar takes ink that reads on it', () => {
  for (let red = 0; red < 256; red += 15) {
    for (let green = 0; green < 256; green += 15) {
      const color = `#${[red, green, 128].map((part) => part.toString(16).padStart(2, '0')).join('')}`
      expect(contrastOf(color, inkOn(color)), color).toBeGreaterThanOrEqual(4)
    }
  }
})
