import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeInventoryOf } from '../../testing/inventory-suite.ts'
import { runCli } from '../../testing/run-cli.ts'
import { METADATA_INVENTORY } from './metadata-inventory.ts'
import { PLACES } from './place-inventory.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('the inventory of the embedded store', () => {
  describeInventoryOf(() => stores.open())
})

describe('data-inventory', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-inventory-'))
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  test('lists every place and every table, while a server runs as well', async () => {
    await writeFile(join(home, 'secret.key'), 'x'.repeat(64))
    const { code, complained, printed } = await runCli(['data-inventory'], { GRATICULE_HOME: home })
    expect([code, complained]).toEqual([0, ''])
    for (const { id } of PLACES) expect(printed).toContain(id)
    for (const table of Object.keys(METADATA_INVENTORY)) expect(printed).toContain(`\n  ${table}\n`)
    expect(printed).toMatch(/secret\.key: master key, 64 bytes/)
    expect(printed).not.toContain('xxxx')
  })

  test('names what lies in the home folder and is nobody’s, and ends as a failure', async () => {
    await writeFile(join(home, 'stray.csv'), 'a row of somebody')
    const { code, printed } = await runCli(['data-inventory'], { GRATICULE_HOME: home })
    expect(code).toBe(1)
    expect(printed).toMatch(/stray\.csv: not in the inventory, 17 bytes/)
    await rm(join(home, 'stray.csv'))
  })

  test('is told to programs as JSON', async () => {
    const { code, printed } = await runCli(['data-inventory', '--json'], { GRATICULE_HOME: home })
    expect(code).toBe(0)
    const { places, tables } = JSON.parse(printed)
    expect(places).toContainEqual(expect.objectContaining({ id: 'answer cache', where: 'memory', holds: ['rows'] }))
    expect(tables.sql_jobs.quoting).toContain('query')
  })
})
