import { vectorTableSource } from '@carto/api-client'
import { VectorTileLayer } from '@deck.gl/carto'
import { MVTLoader } from '@loaders.gl/mvt'
import { describe, expect, inject, it } from 'vitest'
import { type LoadedTile, renderLayer } from './layer-rendering.ts'
import { connectionOf } from './sql-truth.ts'

const { targets } = inject('servers')

describe.each(targets)('layers over $label', (target) => {
  const connection = connectionOf(target)

  async function draw(kind: 'point' | 'line' | 'polygon', view = target.view) {
    const sample = target.samples[kind]
    const data = await vectorTableSource({
      ...connection,
      tableName: sample.table,
      spatialDataColumn: sample.geometryColumn,
      columns: [sample.categoryColumn],
    })
    const tileErrors: unknown[] = []
    let tiles: readonly LoadedTile[] = []
    const layer = new VectorTileLayer({
      id: `${kind}-layer`,
      data,
      loaders: [MVTLoader],
      stroked: true,
      filled: true,
      onTileError: (error: unknown) => tileErrors.push(error),
      onViewportLoad: (loaded: readonly LoadedTile[]) => {
        tiles = loaded
      },
    } as never)
    const rendered = await renderLayer(layer, view)
    return { ...rendered, tileErrors, tiles }
  }

  const instancesOf = (rendered: Awaited<ReturnType<typeof draw>>, ending: string): number =>
    rendered.sublayers
      .filter((sublayer) => sublayer.id.endsWith(ending))
      .reduce((sum, sublayer) => sum + sublayer.instanceCount, 0)

  it('L01: VectorTileLayer draws the points of its tiles', async () => {
    const rendered = await draw('point')
    expect(rendered.tileErrors).toEqual([])
    expect(rendered.errors).toEqual([])
    expect(instancesOf(rendered, 'points-circle')).toBeGreaterThan(0)
    expect(rendered.tiles.length).toBeGreaterThan(0)
  })

  it('L08: VectorTileLayer draws lines, and polygons with their outlines', async () => {
    const lines = await draw('line')
    expect([...lines.tileErrors, ...lines.errors]).toEqual([])
    expect(instancesOf(lines, 'linestrings')).toBeGreaterThan(0)
    const polygons = await draw('polygon')
    expect([...polygons.tileErrors, ...polygons.errors]).toEqual([])
    expect(instancesOf(polygons, 'polygons-fill')).toBeGreaterThan(0)
    expect(instancesOf(polygons, 'polygons-stroke')).toBeGreaterThan(0)
  })

  it('L09: VectorTileLayer over an empty area loads without an error', async () => {
    const rendered = await draw('point', [-140, -60, 9])
    expect([...rendered.tileErrors, ...rendered.errors]).toEqual([])
    expect(instancesOf(rendered, 'points-circle')).toBe(0)
  })
})
