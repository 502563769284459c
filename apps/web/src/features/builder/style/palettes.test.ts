import { describe, expect, test } from 'vitest'
import { isColorBlindSafe } from './color-vision.ts'
import { isReversedRange, maxClasses, PALETTES, paletteByName, paletteColors, toColorRange } from './palettes.ts'

test('every palette gives as many colours as are asked for, up to its own limit', () => {
  for (const palette of PALETTES) {
    for (let steps = 2; steps <= maxClasses(palette); steps++) {
      const colors = paletteColors(palette, steps)
      expect(colors, `${palette.name} ${steps}`).toHaveLength(steps)
      expect(colors.every((color) => /^#[0-9A-F]{6}$/.test(color))).toBe(true)
    }
  }
})

test('all three kinds of palettes are there and ColorBrewer copies are not', () => {
  expect(new Set(PALETTES.map((palette) => palette.kind))).toEqual(new Set(['sequential', 'diverging', 'qualitative']))
  expect(PALETTES.some((palette) => palette.name.startsWith('cb_'))).toBe(false)
})

test('the grey for other values is no category', () => {
  expect(paletteColors(paletteByName('Bold'), 3)).not.toContain('#A5AA99')
})

test('a reversed palette is recognised after it was stored', () => {
  const teal = paletteByName('Teal')
  expect(isReversedRange(toColorRange(teal, 5, true))).toBe(true)
  expect(isReversedRange(toColorRange(teal, 5))).toBe(false)
})

describe('colour-blind safety', () => {
  test('red and green of the same lightness are not safe', () => {
    expect(isColorBlindSafe(['#B22222', '#5A7A00'])).toBe(false)
  })

  test('a ramp from light to dark is safe', () => {
    expect(isColorBlindSafe(paletteColors(paletteByName('Teal'), 5))).toBe(true)
  })

  test('the palette that CARTO made to be safe is', () => {
    expect(isColorBlindSafe(paletteColors(paletteByName('Safe'), 5))).toBe(true)
  })
})
