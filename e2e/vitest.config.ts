import { defineConfig } from 'vitest/config'

/** One server with the demo data and one PostgreSQL serve all files, which therefore run one after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'e2e',
    include: ['src/**/*.e2e.test.ts'],
    globalSetup: ['src/harness/shared-servers.ts'],
    setupFiles: ['src/harness/tell-pages.ts'],
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
