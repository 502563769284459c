import { configDefaults, defineConfig } from 'vitest/config'

/** The lanes that need no running server; `scripts/lanes.mjs` tells them apart by the end of a file's name. */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'apps/*/src/**/*.test.{ts,tsx}',
      'apps/*/scripts/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/src/**/*.test.ts',
    ],
    exclude: [...configDefaults.exclude, '**/*.full.test.*'],
    // Empty embedded databases are made once and copied from then on.
    env: { GRATICULE_ENGINE_TEMPLATES: `${import.meta.dirname}/node_modules/.cache/graticule/engines` },
    // Half of a test's time is waiting for servers, so both of two cores are used; the default leaves one idle.
    maxWorkers: 2,
    // A failure is told by its first line in the summary: all of it, not "expected [ …(2) ]".
    chaiConfig: { truncateThreshold: 0 },
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
})
