import { defineConfig } from 'vitest/config'

/** What takes minutes: Builder and the looks in Chromium, a clone that installs its own packages, kills, large fuzz. */
export default defineConfig({
  root: `${import.meta.dirname}/..`,
  test: {
    name: 'e2e-full',
    include: ['e2e/src/**/*.full.test.ts', 'apps/*/src/**/*.full.test.ts', 'packages/*/src/**/*.full.test.ts'],
    globalSetup: ['e2e/src/harness/shared-servers.ts'],
    setupFiles: ['e2e/src/harness/tell-pages.ts'],
    fileParallelism: false,
    // A failure is told by its first line in the summary: all of it, not "expected [ …(2) ]".
    chaiConfig: { truncateThreshold: 0 },
    testTimeout: 180_000,
    // A page on two busy cores takes more than the second that is the default.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
})
