import { describe, expect, test } from 'vitest'
import { isColorBlindSafe } from './color-vision.ts'
import {
  isFromPalette,
  isReversedRange,
  maxClasses,
  organizationPalettes,
  PALETTES,
  paletteByName,
  paletteColors,
  paletteOf,
  toColorRange,
} from './palettes.ts'

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

test('a palette of the organization gives steps between its colours, or its colours in turn, and is told from ours', () => {
  const own = organizationPalettes([
    { name: 'Teal', kind: 'sequential', colors: ['#000000', '#ff0000'] },
    { name: 'Parties', kind: 'qualitative', colors: ['#111111', '#222222', '#333333'] },
  ])
  const range = toColorRange(paletteOf({ name: 'Teal', category: 'Organization' }, own), 3)
  expect(range).toMatchObject({ name: 'Teal', category: 'Organization', colors: ['#000000', '#800000', '#FF0000'] })
  const parties = paletteOf({ name: 'Parties', category: 'Organization' }, own)
  expect(paletteColors(parties, 2)).toEqual(['#111111', '#222222'])
  expect(maxClasses(parties)).toBe(3)
  expect(isFromPalette(range, paletteByName('Teal'))).toBe(false)
  expect(isReversedRange(toColorRange(parties, 3, true), own)).toBe(true)
  // One that is gone leaves a map its colours, and the next change takes ours.
  expect(paletteOf({ name: 'Gone', category: 'Organization' }, own).name).toBe('Teal')
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
