/**
 * The lanes of the test suite, in the order in which they run. `needs` names entries of test-programs.mjs; `vitest`
 * holds the arguments after `vitest run`.
 */
export const LANES = {
  hermetic: {
    purpose: 'what needs nothing but Node',
    needs: [],
    vitest: ['--exclude', '**/*.db.test.*'],
  },
  db: {
    purpose: 'what needs PostgreSQL with PostGIS, PgBouncer, Redis or OpenLDAP',
    needs: ['postgresql', 'postgis', 'pgbouncer', 'redis', 'nginx', 'openssl', 'slapd'],
    vitest: ['--exclude', '**/!(*.db).test.*'],
  },
  e2e: {
    purpose: 'a real server: the real clients, the workspace in Chromium, bad input',
    needs: ['postgresql', 'postgis', 'openssl', 'chromium', 'git', 'curl'],
    needsWebApp: true,
    vitest: ['--config', 'e2e/vitest.config.ts'],
  },
  full: {
    purpose: 'what takes minutes: Builder and other looks in Chromium, a fresh clone, kills at random moments',
    needs: ['postgresql', 'postgis', 'pgbouncer', 'openssl', 'slapd', 'chromium', 'git'],
    needsWebApp: true,
    vitest: ['--config', 'e2e/vitest.full.config.ts'],
  },
}

/** What `npm test` runs when it is not told otherwise. */
export const DEFAULT_LANES = ['hermetic', 'db', 'e2e']
