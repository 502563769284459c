import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'
import { KEY_SOURCE_KINDS } from './platform/secrets/key-sources/index.ts'

const KEY = 'ab'.repeat(32)

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, '/srv')
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

test('an empty environment gives a private demo server on the usual port', () => {
  expect(readConfig({}, '/srv')).toEqual({
    host: '127.0.0.1',
    port: 8080,
    home: '/srv/.graticule',
    databaseUrl: null,
    redisUrl: null,
    isDemo: true,
    publicUrl: null,
    allowedHosts: [],
    outbound: { internalHosts: [], outboundHosts: null, isPrivateOpen: true, isLoopbackOpen: true },
    logLevel: 'info',
    keySource: expect.objectContaining({ name: 'the file /srv/.graticule/secret.key' }),
    trustProxy: false,
    sessionIdleMs: 7 * 86_400_000,
    sessionAbsoluteMs: 30 * 86_400_000,
    isOrganizationCreationOpen: false,
    activityStreams: [],
    smtp: null,
  })
})

test('what people may have the server reach is the operator’s to say', () => {
  const environment = { INTERNAL_HOSTS: 'login.corp:8443, 10.20.0.0/16', OUTBOUND_HOSTS: '*.example.org' }
  expect(readConfig(environment, '/srv').outbound).toEqual({
    internalHosts: ['login.corp:8443', '10.20.0.0/16'],
    outboundHosts: ['*.example.org'],
    isPrivateOpen: true,
    isLoopbackOpen: true,
  })
  // Strangers who may make organizations are not shown around the private network unless the operator says so.
  expect(readConfig({ ORGANIZATION_CREATION: 'on' }, '/srv').outbound.isPrivateOpen).toBe(false)
  const both = { ORGANIZATION_CREATION: 'on', OUTBOUND_PRIVATE: 'on' }
  expect(readConfig(both, '/srv').outbound.isPrivateOpen).toBe(true)
})

test('a warehouse on this machine is open while the product is only tried on it', () => {
  const isOpen = (environment: Readonly<Record<string, string | undefined>>) =>
    readConfig(environment, '/srv').outbound.isLoopbackOpen
  expect(isOpen({})).toBe(true)
  expect(isOpen({ HOST: '::1' })).toBe(true)
  for (const environment of [
    { GRATICULE_DEMO: 'off' },
    { HOST: '0.0.0.0' },
    { PUBLIC_URL: 'https://maps.example.org' },
    { TRUST_PROXY: '127.0.0.1' },
    { ORGANIZATION_CREATION: 'on' },
    { OUTBOUND_LOOPBACK: 'off' },
  ]) {
    expect(isOpen(environment), JSON.stringify(environment)).toBe(false)
  }
  expect(isOpen({ GRATICULE_DEMO: 'off', OUTBOUND_LOOPBACK: 'on' })).toBe(true)
})

test('a person who watches sees warnings only, unless LOG_LEVEL says otherwise', () => {
  expect(readConfig({}, '/srv', { isInteractive: true }).logLevel).toBe('warn')
  expect(readConfig({ LOG_LEVEL: 'DEBUG' }, '/srv', { isInteractive: true }).logLevel).toBe('debug')
})

test('every value can be set', () => {
  const config = readConfig(
    {
      HOST: '0.0.0.0',
      PORT: '0',
      GRATICULE_HOME: 'state',
      DATABASE_URL: 'postgresql://me:hunter2@db/graticule',
      REDIS_URL: 'rediss://me:hunter2@cache:6380/1',
      GRATICULE_DEMO: 'off',
      PUBLIC_URL: 'https://maps.example.org/',
      ALLOWED_HOSTS: 'Maps.example.org, other.example:8443',
      LOG_LEVEL: 'warn',
      GRATICULE_SECRET_KEY: KEY,
      TRUST_PROXY: '10.0.0.0/8, loopback',
      SESSION_IDLE_DAYS: '1',
      SESSION_ABSOLUTE_DAYS: '0.5',
      SMTP_URL: 'smtps://maps:hunter2@mail.example.org:465',
      MAIL_FROM: 'Graticule <maps@example.org>',
    },
    '/srv',
  )
  expect(config).toMatchObject({
    host: '0.0.0.0',
    port: 0,
    home: '/srv/state',
    isDemo: false,
    publicUrl: 'https://maps.example.org',
    allowedHosts: ['maps.example.org', 'other.example:8443'],
    trustProxy: ['10.0.0.0/8', 'loopback'],
    sessionIdleMs: 86_400_000,
    sessionAbsoluteMs: 43_200_000,
    smtp: { from: 'Graticule <maps@example.org>' },
  })
  expect(config.smtp?.url.reveal()).toBe('smtps://maps:hunter2@mail.example.org:465')
  expect(config.databaseUrl?.reveal()).toBe('postgresql://me:hunter2@db/graticule')
  expect(config.redisUrl?.reveal()).toBe('rediss://me:hunter2@cache:6380/1')
  expect(config.keySource.name).toBe('GRATICULE_SECRET_KEY')
})

test('a configuration never prints its secrets', () => {
  const config = readConfig({ DATABASE_URL: 'postgresql://me:hunter2@db/x', GRATICULE_SECRET_KEY: KEY }, '/srv')
  const inspected = inspect(config, { depth: 9, showHidden: true })
  const printed = `${JSON.stringify(config)} ${inspected} ${config.databaseUrl}`
  expect(printed).not.toContain('hunter2')
  expect(printed).not.toContain(KEY)
  expect(printed).toContain('[redacted]')
})

describe('each mistake gets one sentence', () => {
  test.each([
    [{ PORT: '80a' }, /^PORT must be a whole number/],
    [{ PORT: '70000' }, /^PORT must be a whole number/],
    [{ HOST: 'not a host' }, /^HOST must be an address/],
    [{ DATABASE_URL: 'mysql://me:hunter2@db/x' }, /^DATABASE_URL must look like/],
    [{ REDIS_URL: 'https://me:hunter2@cache' }, /^REDIS_URL must look like/],
    [{ REDIS_URL: 'redis://' }, /^REDIS_URL must look like/],
    [{ SMTP_URL: 'http://me:hunter2@mail', MAIL_FROM: 'maps@example.org' }, /^SMTP_URL must look like/],
    [{ ACTIVITY_STREAMS: 'https://hook.example.org hunter2' }, /^ACTIVITY_STREAMS .* at place 2 is none/],
    [{ SMTP_URL: 'smtp://me:hunter2@mail' }, /^MAIL_FROM must say/],
    [{ SMTP_URL: 'smtp://me:hunter2@mail', MAIL_FROM: 'us' }, /^MAIL_FROM must say/],
    [{ MAIL_FROM: 'maps@example.org' }, /^MAIL_FROM is set and SMTP_URL is not/],
    [{ GRATICULE_DEMO: 'maybe' }, /^GRATICULE_DEMO must be on or off; it is "maybe"/],
    [{ PUBLIC_URL: 'maps.example.org' }, /^PUBLIC_URL must be an http or https address/],
    [{ PUBLIC_URL: 'https://maps.example.org/?a=1' }, /^PUBLIC_URL must be/],
    [{ PUBLIC_URL: 'https://maps.example.org/graticule' }, /^PUBLIC_URL must name a host without a path/],
    [{ ALLOWED_HOSTS: 'https://maps.example.org' }, /^ALLOWED_HOSTS must be host names/],
    [{ INTERNAL_HOSTS: '10.0.0.0/99' }, /^INTERNAL_HOSTS must be hosts and networks .*"10\.0\.0\.0\/99" is no network/],
    [{ OUTBOUND_HOSTS: 'https://a.example' }, /^OUTBOUND_HOSTS must be hosts and networks/],
    [{ OUTBOUND_PRIVATE: 'some' }, /^OUTBOUND_PRIVATE must be on or off/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal,/],
    [{ GRATICULE_SECRET_KEY: 'short' }, /^GRATICULE_SECRET_KEY must hold 32 bytes/],
    [{ GRATICULE_SECRET_KEY: KEY, GRATICULE_SECRET_KEY_FILE: '/x' }, /not both/],
    [{ GRATICULE_SECRET_KEY_FILE: '/nowhere/key' }, /cannot be read/],
    [{ TRUST_PROXY: 'proxy.example' }, /^TRUST_PROXY must be/],
    [{ SESSION_IDLE_DAYS: '-1' }, /^SESSION_IDLE_DAYS must be a number of days/],
  ])('%j', (environment, sentence) => {
    const mistakes = mistakesOf(environment as Record<string, string>)
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(sentence)
    expect(mistakes[0]).not.toContain('hunter2')
  })

  test('and all mistakes are told at once', () => {
    expect(mistakesOf({ PORT: 'x', LOG_LEVEL: 'x', GRATICULE_DEMO: 'x' })).toHaveLength(3)
  })
})

describe('the master key', () => {
  const OLD = 'cd'.repeat(32)
  const keysOf = async (environment: Record<string, string>) =>
    (await readConfig(environment, '/srv').keySource.read()).map((key) => key.reveal().toString('hex'))
  const file = (text: string, mode: number): string => {
    const path = join(mkdtempSync(join(tmpdir(), 'graticule-key-')), 'key')
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  test('can come from the environment, the newest first where there are several', async () => {
    expect(await keysOf({ GRATICULE_SECRET_KEY: KEY })).toEqual([KEY])
    expect(await keysOf({ GRATICULE_SECRET_KEY: `${KEY}, ${OLD}` })).toEqual([KEY, OLD])
  })

  test('can come from a file', async () => {
    const text = `${Buffer.from(KEY, 'hex').toString('base64')}\n${OLD}\n`
    expect(await keysOf({ GRATICULE_SECRET_KEY_FILE: file(text, 0o400) })).toEqual([KEY, OLD])
  })

  test('is refused in a file that others can read or change, and never told', () => {
    for (const mode of [0o444, 0o440, 0o640, 0o604, 0o620]) {
      const [sentence, ...others] = mistakesOf({ GRATICULE_SECRET_KEY_FILE: file(KEY, mode) })
      expect(others).toEqual([])
      expect(sentence).toMatch(/^Others than its owner can reach the key file/)
      expect(sentence).not.toContain(KEY)
    }
  })

  test('comes from the place that each kind is registered for', () => {
    const folders = readdirSync(new URL('./platform/secrets/key-sources', import.meta.url), { withFileTypes: true })
    expect(KEY_SOURCE_KINDS.map(({ id }) => id).sort()).toEqual(
      folders.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(),
    )
  })
})
