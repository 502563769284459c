import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the checkout that these tests are part of. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))

/** The server's entry, run by Node directly. */
export const SERVER_MAIN = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url))

/** Where screenshots go; ignored by git. */
export const ARTIFACTS = fileURLToPath(new URL('../../artifacts/', import.meta.url))

/** Path of one artifact, its folder made. */
export function artifactPath(name: string): string {
  mkdirSync(ARTIFACTS, { recursive: true })
  return `${ARTIFACTS}${name}`
}

/** Where tests keep empty databases of the embedded engines for copying. */
export const ENGINE_TEMPLATES = fileURLToPath(
  new URL('../../../node_modules/.cache/graticule/engines', import.meta.url),
)
