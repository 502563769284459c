import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { PROVIDERS, type Warehouse } from '@graticule/warehouses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeTileRow, type TileJob } from './encode-tile-row.ts'
import { TileEncoder } from './tile-encoder.ts'

const [provider] = PROVIDERS
if (!provider) throw new Error('There is no provider.')
const { compiler } = provider

let server: TestPostgres
let warehouse: Warehouse
let encoder: TileEncoder

beforeAll(async () => {
  server = await startPostgres()
  const { host, port, database, user, password } = await createDatabase(server)
  warehouse = await provider.open({ config: { host, port, database, user, password } })
  encoder = new TileEncoder(1)
})
afterAll(async () => {
  await encoder.close()
  await warehouse.close()
  await server.stop()
})

/** The row of a tile of that many points, as a warehouse answers it. */
async function fetchJob(count: number): Promise<TileJob> {
  const source = {
    type: 'query',
    sql: `SELECT i AS id, 'name ' || i AS name, ST_SetSRID(ST_MakePoint(i * 0.0001, i * 0.00005), 4326) AS geom
          FROM generate_series(1, ${count}) AS i`,
  } as const
  const description = await warehouse.describe(source, { timeoutMs: 10_000 })
  const spatial = description.spatialColumns[0]
  if (!spatial) throw new Error('The query has no geometry.')
  const budget = { maxFeatures: 50_000, maxBytes: 1_000_000 }
  const address = { z: 0, x: 0, y: 0 }
  const { statement, layout } = compiler.compileTile({
    source,
    description,
    spatial,
    ...address,
    tileResolution: 4,
    columns: ['id', 'name'],
    filters: {},
    withFeatureBbox: false,
    budget,
    mode: 'raw',
  })
  const row = await warehouse.runRaw(statement, { timeoutMs: 10_000 })
  return { providerId: provider?.id ?? '', layout, row, ...address, ...budget, isWholeOrNothing: false }
}

describe('the tile encoder', () => {
  it('encodes a small row at once and a large one in a thread, with the same bytes', async () => {
    const small = await fetchJob(100)
    const large = await fetchJob(20_000)
    const signal = new AbortController().signal
    const smallTile = await encoder.encode(compiler, small, signal)
    expect(encoder.completedInThreads).toBe(0)
    const largeTile = await encoder.encode(compiler, large, signal)
    expect(encoder.completedInThreads).toBe(1)
    expect(Buffer.from(smallTile.bytes).equals(encodeTileRow(compiler, small).bytes)).toBe(true)
    expect(Buffer.from(largeTile.bytes).equals(encodeTileRow(compiler, large).bytes)).toBe(true)
    expect(largeTile.bytes.byteLength).toBeGreaterThan(100_000)
  })

  it('drops a tile that nobody waits for any more', async () => {
    const large = await fetchJob(20_000)
    const controller = new AbortController()
    const encoding = encoder.encode(compiler, large, controller.signal)
    controller.abort()
    await expect(encoding).rejects.toMatchObject({ code: 'client_closed_request' })
    await expect(encoder.encode(compiler, large, new AbortController().signal)).resolves.toMatchObject({
      isOverBudget: false,
    })
  })
})
