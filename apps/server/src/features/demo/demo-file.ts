import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ROLES } from '@graticule/contract'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const Sample = Type.Object({
  table: Type.String(),
  geometry: Type.Enum(['point', 'line', 'polygon']),
  geometryColumn: Type.String(),
  numericColumn: Type.String(),
  categoryColumn: Type.String(),
  dateColumn: Type.String(),
})

/** GRATICULE_HOME/demo.json: all that a program or a person needs to try the demo. */
export const DemoFile = Type.Object({
  baseUrl: Type.String(),
  /** The connection's name in the API. */
  connection: Type.String(),
  apiToken: Type.String(),
  users: Type.Array(Type.Object({ role: Type.Enum([...ROLES]), email: Type.String(), password: Type.String() })),
  samples: Type.Array(Sample),
  /** Longitude, latitude, zoom. */
  view: Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
  publicMapId: Type.String(),
})
export type DemoFile = Type.Static<typeof DemoFile>

/** Null when there is none, or when what lies there is not one. */
export async function readDemoFile(home: string): Promise<DemoFile | null> {
  try {
    const value: unknown = JSON.parse(await readFile(demoPath(home), 'utf8'))
    return Value.Check(DemoFile, value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Writes the file for this user's eyes only, whole or not at all. */
export async function writeDemoFile(home: string, content: DemoFile): Promise<void> {
  const path = demoPath(home)
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

function demoPath(home: string): string {
  return join(home, 'demo.json')
}
