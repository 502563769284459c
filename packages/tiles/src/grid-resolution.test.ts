import { describe, expect, it } from 'vitest'
import { gridCellDegrees, simplificationToleranceDegrees, twkbPrecision } from './grid-resolution.ts'
import { worldYFromLatitude } from './web-mercator.ts'

describe('the resolution of the grid', () => {
  it('a cell is the world divided by the tiles and their extent', () => {
    expect(gridCellDegrees(0)).toBe(360 / 4096)
    expect(gridCellDegrees(10, 512)).toBe(360 / 1024 / 512)
    expect(simplificationToleranceDegrees(5)).toBe(gridCellDegrees(5) / 4)
  })

  it('rounding to the precision moves nothing by a quarter of a cell, and one decimal less would', () => {
    for (let z = 0; z <= 24; z++) {
      const precision = twkbPrecision(z)
      if (precision === null) continue
      const unitsMoved = (decimals: number) => {
        const error = 0.5 * 10 ** -decimals
        return (worldYFromLatitude(85 - error) - worldYFromLatitude(85)) * 2 ** z * 4096
      }
      expect(unitsMoved(precision)).toBeLessThan(0.25)
      expect(unitsMoved(precision - 1)).toBeGreaterThan(0.2)
    }
  })

  it('where seven decimals are too coarse there is no precision', () => {
    expect(twkbPrecision(15)).toBe(7)
    expect(twkbPrecision(16)).toBeNull()
    expect(twkbPrecision(24)).toBeNull()
    expect(twkbPrecision(0, 256)).toBeLessThan(twkbPrecision(0) ?? 0)
  })
})
