import { defineConfig } from 'vitest/config'

/** What takes minutes and the network: a clone that installs its own packages. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'e2e-full',
    include: ['src/**/*.full.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
