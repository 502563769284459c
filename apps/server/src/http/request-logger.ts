import type { FastifyBaseLogger } from 'fastify'

type Line = readonly unknown[]
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/**
 * The logger of one request, opened when it is first written to: hardly a request writes a line through its own, and
 * opening one, bindings blacked out, costs as much as finding a tile in memory.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger
  readonly #bindings: Record<string, unknown>
  #opened: FastifyBaseLogger | null = null

  constructor(parent: FastifyBaseLogger, bindings: Record<string, unknown>) {
    this.#parent = parent
    this.#bindings = bindings
  }

  get level(): string {
    return this.#open().level
  }

  set level(level: string) {
    this.#open().level = level
  }

  fatal(...line: Line): void {
    this.#write('fatal', line)
  }

  error(...line: Line): void {
    this.#write('error', line)
  }

  warn(...line: Line): void {
    this.#write('warn', line)
  }

  info(...line: Line): void {
    this.#write('info', line)
  }

  debug(...line: Line): void {
    this.#write('debug', line)
  }

  trace(...line: Line): void {
    this.#write('trace', line)
  }

  silent(): void {}

  child(...bindings: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#open().child(...bindings)
  }

  #open(): FastifyBaseLogger {
    this.#opened ??= this.#parent.child(this.#bindings)
    return this.#opened
  }

  #write(level: Level, line: Line): void {
    const logger = this.#open()
    Reflect.apply(logger[level], logger, line)
  }
}
