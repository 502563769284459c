import pino from 'pino'
import { expect, test } from 'vitest'
import { createLogger } from '../platform/telemetry/logger.ts'
import { RequestLogger } from './request-logger.ts'

function collect() {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger('debug', { write: (line) => lines.push(JSON.parse(line)) })
  return { lines, logger }
}

test('a line of a request carries its bindings, and secrets in it are blacked out', () => {
  const { lines, logger } = collect()
  const requestLogger = new RequestLogger(logger, { requestId: 'r1' })
  requestLogger.warn({ token: 'gtk_secret' }, 'trouble with %s', 'it')
  requestLogger.child({ part: 'x' }).debug('more')
  expect(lines).toMatchObject([
    { level: 'warn', requestId: 'r1', token: '[redacted]', msg: 'trouble with it' },
    { level: 'debug', requestId: 'r1', part: 'x', msg: 'more' },
  ])
})

test('a request that writes nothing opens no logger', () => {
  let opened = 0
  const parent = pino({ enabled: false, onChild: () => (opened += 1) })
  const requestLogger = new RequestLogger(parent, { requestId: 'r1' })
  expect(opened).toBe(0)
  requestLogger.info('now')
  requestLogger.info('again')
  expect(opened).toBe(1)
})
