import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SERVER = 'apps/server/src'

/** A file for each rule of each layer, and an import that must not stand in it. */
const FORBIDDEN: readonly (readonly [file: string, specifier: string])[] = [
  ['packages/contract/src/planted.ts', '@graticule/tiles'],
  ['packages/contract/src/planted.ts', '../../tiles/src/index.ts'],
  ['packages/tiles/src/planted.ts', '@graticule/contract'],
  ['packages/testkit/src/planted.ts', '@graticule/warehouses'],
  ['packages/policy/src/planted.ts', '@graticule/sql'],
  ['packages/policy/src/planted.ts', '../../contract/src/index.ts'],
  ['packages/sql/src/planted.ts', '@graticule/warehouses'],
  ['packages/sql/src/models/planted.ts', '@graticule/policy'],
  ['packages/warehouses/src/planted.ts', '@graticule/policy'],
  ['packages/warehouses/src/planted.ts', 'pg'],
  ['packages/warehouses/src/wrappers/planted.ts', 'pg-cursor'],
  ['packages/warehouses/src/postgres/planted.ts', '@graticule/server'],
  ['apps/web/src/features/planted.ts', '@graticule/warehouses'],
  ['apps/web/src/features/planted.ts', '@graticule/sql'],
  ['apps/web/src/features/planted.ts', '@graticule/server'],
  ['apps/web/src/features/planted.tsx', '@deck.gl/core'],
  ['apps/web/src/routes/planted.tsx', 'maplibre-gl'],
  ['apps/web/src/ui/planted.tsx', '@luma.gl/core'],
  ['apps/web/src/map/planted.ts', '@graticule/sql'],
  ['apps/web/src/map/planted.ts', '../features/builder/planted.ts'],
  ['apps/web/src/map/layers/planted.ts', '../../../../server/src/app.ts'],
  [`${SERVER}/planted.ts`, 'pg'],
  [`${SERVER}/planted.ts`, '@graticule/testkit'],
  [`${SERVER}/http/planted.ts`, 'kysely'],
  [`${SERVER}/http/planted.ts`, '../features/maps/map-store.ts'],
  [`${SERVER}/platform/cache/planted.ts`, '../../features/maps/map-service.ts'],
  [`${SERVER}/platform/cache/planted.ts`, 'pg'],
  [`${SERVER}/platform/db/planted.ts`, '../../features/maps/map-service.ts'],
  [`${SERVER}/features/maps/planted.ts`, '../tokens/token-store.ts'],
  [`${SERVER}/features/maps/planted.ts`, 'pg'],
  [`${SERVER}/features/maps/planted.ts`, '../../testing/create-test-app.ts'],
  [`${SERVER}/composition/planted.ts`, 'pg'],
  [`${SERVER}/composition/planted.ts`, '../testing/create-test-app.ts'],
  [`${SERVER}/features/demo/planted.ts`, '../maps/map-store.ts'],
  [`${SERVER}/features/maps/planted-routes.ts`, './map-store.ts'],
  [`${SERVER}/features/maps/planted-routes.ts`, 'kysely'],
  [`${SERVER}/features/maps/planted-routes.ts`, '../../platform/db/database.ts'],
  [`${SERVER}/features/maps/planted-store.ts`, './map-service.ts'],
  [`${SERVER}/features/maps/planted-store.ts`, 'fastify'],
  [`${SERVER}/features/maps/planted-store.ts`, '../tokens/token-store.ts'],
  ['e2e/src/planted.ts', '../../apps/server/src/app.ts'],
  ['packages/sql/src/planted.test.ts', '../../tiles/src/index.ts'],
]

/** What the layers are allowed; a rule that forbids too much is as wrong as one that forbids too little. */
const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ['packages/policy/src/planted.ts', '@graticule/contract'],
  ['packages/sql/src/planted.ts', '@graticule/tiles'],
  ['packages/sql/src/models/planted.ts', '../statement.ts'],
  ['packages/warehouses/src/planted.ts', '@graticule/sql'],
  ['packages/warehouses/src/postgres/planted.ts', 'pg'],
  ['packages/warehouses/src/planted.test.ts', '@graticule/testkit'],
  ['apps/web/src/features/planted.ts', '@graticule/contract'],
  ['apps/web/src/map/planted.ts', '@deck.gl/core'],
  [`${SERVER}/platform/db/planted.ts`, 'pg'],
  [`${SERVER}/features/maps/planted.ts`, '../tokens/token-service.ts'],
  [`${SERVER}/features/maps/planted.ts`, './map-store.ts'],
  [`${SERVER}/features/maps/planted-routes.ts`, './map-service.ts'],
  [`${SERVER}/features/maps/planted-store.ts`, 'kysely'],
]

let folder: string
let refused: Set<string>

function keyOf(file: string, specifier: string): string {
  return `${file.replace('planted', specifier.replaceAll(/[^a-z]/g, '_'))}`
}

// One run of the linter over a copy of the configuration and a folder of planted files.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graticule-layering-'))
  const configuration = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as Record<string, unknown>
  delete configuration.vcs
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(configuration))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, specifier] of [...FORBIDDEN, ...ALLOWED]) {
    const path = join(folder, keyOf(file, specifier))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `export * from '${specifier}'\n`)
  }
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const args = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none']
  const result = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: 'utf8' })
  const report = JSON.parse(result.stdout) as { diagnostics: { location: { path: string | { file: string } } }[] }
  refused = new Set(
    report.diagnostics.map(({ location }) => (typeof location.path === 'string' ? location.path : location.path.file)),
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the linter keeps the layers', () => {
  test.each(FORBIDDEN)('%s may not import %s', (file, specifier) => {
    expect(refused).toContain(keyOf(file, specifier))
  })

  test.each(ALLOWED)('%s may import %s', (file, specifier) => {
    expect(refused).not.toContain(keyOf(file, specifier))
  })
})

describe('what is one folder is one line in a list', () => {
  test.each([
    ['packages/warehouses/src', 'packages/warehouses/src/index.ts', 'provider.ts'],
    ['apps/web/src/map/layers', 'apps/web/src/map/layers/index.ts', 'layer.ts'],
    ['apps/web/src/features/builder/widgets', 'apps/web/src/features/builder/widgets/index.ts', 'widget.tsx'],
  ])('%s', (parent, list, mainFile) => {
    const listed = readFileSync(join(ROOT, list), 'utf8')
    const folders = readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, parent, entry.name)).includes(mainFile))
      .map((entry) => entry.name)
    expect(folders.length).toBeGreaterThan(0)
    for (const name of folders) expect(listed).toContain(`'./${name}/`)
  })
})
