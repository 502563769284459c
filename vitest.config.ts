import { configDefaults, defineConfig } from 'vitest/config'

/** The lanes that need no running server; `scripts/lanes.mjs` tells them apart by the end of a file's name. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'apps/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.full.test.*'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
