import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type DemoFile, readDemoFile, writeDemoFile } from './demo-file.ts'
import { DEMO_SAMPLES, DEMO_VIEW } from './demo-samples.ts'

const homes: string[] = []

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'graticule-demo-file-'))
  homes.push(home)
  return home
}

afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

const CONTENT: DemoFile = {
  baseUrl: 'http://127.0.0.1:8080',
  connection: 'demo-warehouse',
  apiToken: 'gtk_token',
  users: [{ role: 'viewer', email: 'viewer@demo.example', password: 'secret' }],
  samples: [...DEMO_SAMPLES],
  view: [...DEMO_VIEW],
  publicMapId: 'a-map',
}

test('the file is read back as it was written, by its owner alone, with nothing left beside it', async () => {
  const home = makeHome()
  await writeDemoFile(home, CONTENT)
  await writeDemoFile(home, { ...CONTENT, baseUrl: 'http://127.0.0.1:9090' })
  expect(await readDemoFile(home)).toEqual({ ...CONTENT, baseUrl: 'http://127.0.0.1:9090' })
  expect(statSync(join(home, 'demo.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(home)).toEqual(['demo.json'])
})

test.each(['', '{"baseUrl":', '[]', '{"baseUrl":"http://127.0.0.1"}'])(
  'a file that holds %j counts as none',
  async (text) => {
    const home = makeHome()
    writeFileSync(join(home, 'demo.json'), text)
    expect(await readDemoFile(home)).toBeNull()
  },
)

test('no file is no file', async () => {
  expect(await readDemoFile(makeHome())).toBeNull()
})
