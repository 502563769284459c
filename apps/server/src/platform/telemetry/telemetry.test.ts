import { Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { createLogger } from './logger.ts'
import { Telemetry } from './telemetry.ts'

const telemetry = new Telemetry()
afterEach(() => telemetry.report())

test('tiles and cache look-ups are counted by outcome, each once however often one collects', async () => {
  telemetry.noteTile('full')
  telemetry.noteTile('full')
  telemetry.noteTile('empty')
  telemetry.noteCacheLookup('hit')
  await telemetry.report()
  const report = await telemetry.report()
  expect(report).toContain('graticule_tiles_total{outcome="full"} 2\n')
  expect(report).toContain('graticule_tiles_total{outcome="empty"} 1\n')
  expect(report).toContain('graticule_cache_lookups_total{outcome="hit"} 1\n')
})

test('statements and requests are measured in seconds', async () => {
  telemetry.noteStatement('tile', 'ok', 30)
  telemetry.noteRequest('GET', '/v3/tokens', 200, 4)
  const report = await telemetry.report()
  expect(report).toMatch(/statement_duration_seconds_bucket\{le="0.025",purpose="tile",outcome="ok"\} 0/)
  expect(report).toMatch(/statement_duration_seconds_bucket\{le="0.05",purpose="tile",outcome="ok"\} 1/)
  expect(report).toMatch(/request_duration_seconds_sum\{method="GET",route="\/v3\/tokens",status="200"\} 0.004/)
})

test('a blocked event loop shows in the 99th percentile of its delay', async () => {
  await telemetry.report()
  await new Promise((resolve) => setTimeout(resolve, 30))
  const end = Date.now() + 120
  while (Date.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 30))
  const report = await telemetry.report()
  const delay = Number(/graticule_event_loop_delay_p99_seconds ([\d.e-]+)/.exec(report)?.[1])
  expect(delay).toBeGreaterThan(0.05)
})

test('the log blacks out what is secret by name, and errors bring no hidden settings along', () => {
  const lines: string[] = []
  const logger = createLogger(
    'info',
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const error = Object.assign(new Error('login failed', { cause: new Error('bad key') }), {
    code: '28P01',
    client: { password: 'hunter2' },
  })
  logger.info({ password: 'hunter2', nested: { token: 'hunter2' }, headers: { cookie: 'hunter2' } }, 'details')
  logger.error({ err: error }, 'failed')
  expect(lines.join('')).not.toContain('hunter2')
  expect(lines[0]).toContain('[redacted]')
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    level: 'error',
    err: { type: 'Error', message: 'login failed', code: '28P01', cause: { message: 'bad key' } },
  })
})
