import { inspect } from 'node:util'

const REDACTED = '[redacted]'

/** A value that must not appear in a log, an error, an answer or a debugger's print-out by accident. */
export class Secret<Value = string> {
  readonly #value: Value

  constructor(value: Value) {
    this.#value = value
  }

  /** The value itself. Call this only where it is used, and keep the result in no object. */
  reveal(): Value {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
