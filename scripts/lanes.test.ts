import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// The launcher's scripts run without types on whatever Node there is.
const { LANES } = (await import(String(new URL('./lanes.mjs', import.meta.url)))) as {
  LANES: Readonly<Record<string, { readonly needs: readonly string[] }>>
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TESTKIT = join(ROOT, 'packages/testkit/src')

/** What belongs to each lane that drives programs, and is not found by following imports alone. */
const FILES = {
  db: ['{packages,apps}/*/src/**/*.db.test.ts'],
  e2e: ['e2e/src/**/*.e2e.test.ts', 'e2e/src/harness/shared-servers.ts'],
  full: ['{e2e,apps/*,packages/*}/src/**/*.full.test.ts', 'e2e/src/harness/shared-servers.ts'],
} as const

/** Programs that come along with another one. */
const COMES_WITH: Readonly<Record<string, string>> = { 'redis-server': 'redis', ldapmodify: 'slapd' }

/** The files that a file imports from where it lies, and so on, itself among them. */
function reach(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen
  seen.add(file)
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.{1,2}\/[^']+)'/g)) {
    reach(resolve(dirname(file), path), seen)
  }
  return seen
}

/** What each function of the testkit is defined in. */
const definedIn = new Map(
  globSync(`${TESTKIT}/*.ts`).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(
      ([, name = '']) => [name, file] as const,
    ),
  ),
)

function programsOf(files: Iterable<string>): Set<string> {
  const programs = new Set<string>()
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    for (const [, name = ''] of text.matchAll(/findProgram\('([\w-]+)'/g)) programs.add(COMES_WITH[name] ?? name)
    for (const [, names = ''] of text.matchAll(/import \{([^}]*)\} from '@graticule\/testkit'/g)) {
      for (const name of names.split(',').map((each) => each.replace('type ', '').trim())) {
        const home = definedIn.get(name)
        if (home !== undefined) for (const program of programsOf(reach(home))) programs.add(program)
      }
    }
  }
  return programs
}

test.each(Object.keys(FILES) as (keyof typeof FILES)[])('%s installs every program that its tests start', (lane) => {
  const files = new Set<string>()
  for (const file of globSync([...FILES[lane]], { cwd: ROOT })) reach(join(ROOT, file), files)
  const programs = programsOf(files)
  expect(programs.size).toBeGreaterThan(0)
  expect([...programs].filter((name) => !LANES[lane]?.needs.includes(name))).toEqual([])
})
