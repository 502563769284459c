import { describe, expect, test } from 'vitest'
import { projectTo, tilesInView } from './draw-thumbnail.ts'

const world = { longitude: 0, latitude: 0, zoom: 0 }

test('the middle of the view is the middle of the picture', () => {
  const project = projectTo({ longitude: 10, latitude: 50, zoom: 4 }, 400, 200)
  const [x, y] = project([10, 50])
  expect(x).toBeCloseTo(200)
  expect(y).toBeCloseTo(100)
})

test('north is up and the world is 512 pixels wide at zoom 0', () => {
  const project = projectTo(world, 512, 512)
  expect(project([-180, 0])[0]).toBeCloseTo(0)
  expect(project([180, 0])[0]).toBeCloseTo(512)
  expect(project([0, 60])[1]).toBeLessThan(256)
})

describe('tiles', () => {
  test('the whole world is one tile', () => {
    expect(tilesInView(world, 480, 270)).toEqual([{ x: 0, y: 0, z: 0 }])
  })

  test('the nearest to the middle come first, and never more than a few', () => {
    const tiles = tilesInView({ longitude: 16.9, latitude: 48, zoom: 5.9 }, 2_000, 2_000)
    expect(tiles).toHaveLength(6)
    expect(tiles[0]).toEqual({ x: 17, y: 11, z: 5 })
  })

  test('beyond the edge of the world there are none', () => {
    for (const tile of tilesInView({ longitude: 179, latitude: 84, zoom: 3 }, 1_000, 1_000)) {
      expect(tile.x).toBeLessThan(8)
      expect(tile.y).toBeGreaterThanOrEqual(0)
    }
  })
})
