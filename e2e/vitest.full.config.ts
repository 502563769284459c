import { defineConfig } from 'vitest/config'

/** What takes minutes: a clone that installs its own packages, kills at random moments, large fuzz. */
export default defineConfig({
  root: `${import.meta.dirname}/..`,
  test: {
    name: 'e2e-full',
    include: ['e2e/src/**/*.full.test.ts', 'apps/*/src/**/*.full.test.ts', 'packages/*/src/**/*.full.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
